import type { BootEvent } from '../../domain/boot/boot-event.ts';
import type {
  DiagnosedStage,
  Diagnosis,
  EvidenceLine,
  MissingStage,
} from '../../domain/install/diagnosis.ts';
import type { Install } from '../../domain/install/install.ts';
import type { CauseRow } from './cause.ts';
import { INSTALLER_CAUSES } from './causes-installer.ts';
import { LOADER_CAUSES } from './causes-loader.ts';
import { NETWORK_CAUSES } from './causes-network.ts';
import { type DiagnosisFacts, type Evidence, evidenceOf, lastAttempt } from './evidence.ts';
import { ROUTE, walkRoute } from './route.ts';

/** The one table of causes. */
export const CAUSES: readonly CauseRow[] = [...NETWORK_CAUSES, ...LOADER_CAUSES, ...INSTALLER_CAUSES];

/**
 * Where an install is on its way, and of the first stage that was not reached what was seen and why that may be. Pure:
 * the same install, events, facts and time give the same diagnosis. `timeline` may hold events of other installs of the
 * system.
 */
export function diagnose(
  install: Install | null,
  timeline: readonly BootEvent[],
  facts: DiagnosisFacts,
  nowMs: number,
): Diagnosis {
  if (install === null) return { system: facts.system, install: null, stages: [], missing: null };
  const attempt = lastAttempt(install, timeline);
  const evidence = evidenceOf(install, attempt, facts, nowMs);
  const { id, state, reason, attempts } = install;
  const stages = walkRoute(evidence);
  return {
    system: facts.system,
    install: { id, state, reason, attempts, attempt: attempt.number },
    stages: state === 'ready' ? stages.map(withoutMissing) : stages,
    missing: state === 'ready' ? null : findMissing(evidence, stages),
  };
}

/** It is in service, whatever was seen of the way to there: old events are pruned. */
function withoutMissing(stage: DiagnosedStage): DiagnosedStage {
  return stage.state === 'reached' ? stage : { ...stage, state: 'passed' };
}

function findMissing(evidence: Evidence, stages: readonly DiagnosedStage[]): MissingStage | null {
  const at = stages.findIndex(({ state }) => state === 'missing');
  const stage = stages[at];
  if (stage === undefined) return null;
  const { install, nowMs } = evidence;
  const since =
    stages.slice(0, at).findLast(({ reachedAt }) => reachedAt !== null)?.reachedAt ?? install.armedAt;
  const endMs = isOver(install) ? Date.parse(install.stateAt) : nowMs;
  const waitedSeconds = Math.max(0, Math.round((endMs - Date.parse(since)) / 1000));
  const usual = ROUTE.find(({ name }) => name === stage.name)?.usualSeconds ?? 0;
  const { cause, lines } = judge(evidence, stage);
  return {
    name: stage.name,
    says: stage.says,
    since,
    waitedSeconds,
    isLate: isOver(install) || waitedSeconds > usual,
    cause,
    evidence: lines,
  };
}

function isOver({ state }: Install): boolean {
  return state === 'failed' || state === 'expired' || state === 'cancelled';
}

function judge(
  evidence: Evidence,
  { name }: DiagnosedStage,
): { cause: MissingStage['cause']; lines: readonly EvidenceLine[] } {
  for (const row of CAUSES) {
    const found = row.at.includes(name) ? row.when(evidence) : undefined;
    if (found === undefined) continue;
    const cause = { id: row.id, says: row.says(evidence, found), hint: row.hint(evidence, found) };
    return { cause, lines: linesOf(evidence, found, row.evidence?.(evidence) ?? []) };
  }
  const hint = `look at the whole timeline: provision system timeline ${evidence.system}`;
  return {
    cause: { id: 'unknown', says: 'no known cause fits what was seen', hint },
    lines: linesOf(evidence, [], []),
  };
}

/** Each thing once: what the cause goes by, the last offer, and what was heard of the machine last. */
function linesOf(
  { all, offer }: Evidence,
  found: readonly BootEvent[],
  more: readonly EvidenceLine[],
): readonly EvidenceLine[] {
  const lastHeard = all.findLast(({ stage }) => stage !== 'state' && stage !== 'armed');
  const shown = new Set([
    ...(offer === undefined ? [] : [offer]),
    ...found.slice(-3),
    ...(lastHeard ? [lastHeard] : []),
  ]);
  const lines = [...shown].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.id - b.id);
  return [
    ...lines.map((event) => ({ at: event.at, says: `${event.stage}: ${event.message}`, events: [event.id] })),
    ...more,
  ];
}
