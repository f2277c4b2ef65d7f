import {
  type NewBootEvent,
  type Outcome,
  REPORTED_STAGES,
  type ReportedStage,
  type Stage,
} from '../../domain/boot/boot-event.ts';
import { parseHostKeys } from '../../domain/handoff/host-key.ts';
import type { Observation } from '../../domain/install/install-state.ts';
import { describeProgress, INSTALLER_STEPS, parseProgress } from '../../domain/install/installer-step.ts';
import { formatIpv4 } from '../../domain/network/ipv4.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { limitEvents } from '../events/event-budget.ts';
import type { EventService } from '../events/events.ts';
import type { InstallerLogs } from '../installer-logs/installer-logs.ts';
import { maskToken } from '../installer-logs/token-mask.ts';
import type { InstallService } from '../installs/installs.ts';
import type { BootService, Caller, Refusal } from './boot.ts';

/** What a machine says of a stage. */
export interface Report {
  /** One line. */
  readonly detail: string;
  /** The end of a log that it sent with it. */
  readonly lastLines: readonly string[];
}

export interface MachineReports {
  /** A stage that the installer or the new system reports. The first boot comes after the install is over. */
  report(token: string, stage: string, said: Report, caller: Caller): Promise<Refusal | undefined>;
}

export interface MachineReportParts {
  readonly boot: Pick<BootService, 'findOwn'>;
  readonly installs: Pick<InstallService, 'observe'>;
  readonly events: Pick<EventService, 'record' | 'flush'>;
  readonly logs: Pick<InstallerLogs, 'lastLines'>;
}

/** What the timeline shows of a log behind a failure that came without one. */
const LAST_LINES = 15;

/** What machines report by their install's token, each from its own address only. */
export function machineReports({ now }: Pick<Deps, 'now'>, parts: MachineReportParts): MachineReports {
  const { boot, installs, logs, events } = parts;
  const tell = limitEvents(events.record, now);

  const lastLinesOf = async (installId: number, sent: readonly string[]): Promise<NewBootEvent['data']> => {
    const lines = sent.length > 0 ? sent : await logs.lastLines(installId, LAST_LINES);
    return lines.length === 0 ? {} : { lastLines: lines.join('\n') };
  };

  return {
    async report(token, stage, { detail, lastLines }, caller) {
      const stored = boot.findOwn(token, caller, 'event');
      if ('refused' in stored) return stored;
      const known = REPORTED_STAGES.find((candidate) => candidate === stage);
      if (known === undefined)
        return { refused: 'unknown', reason: `there is no stage '${stage.slice(0, 40)}' to report` };
      // What the machine says may quote the URL that it was given.
      const said = maskToken(detail, token);
      const told = readReport(known, said);
      if ('refused' in told) return told;
      const result = await installs.observe(stored.install.id, told.observation);
      if ('refused' in result) return { refused: 'over', reason: result.refused };
      // Its log may have said so already.
      if (told.data['percent'] === null && stored.install.stage === told.data['step']) return undefined;
      const lines = lastLines.map((line) => maskToken(line, token));
      const log = known === 'failed' ? await lastLinesOf(stored.install.id, lines) : {};
      const data = { ...told.data, ...log, address: formatIpv4(caller.address) };
      tell(eventOf(stored, known, told.message, known === 'failed' ? 'error' : 'ok', data));
      // A machine that was told "ok" does not say it again.
      await events.flush();
      return undefined;
    },
  };
}

interface Told {
  readonly observation: Observation;
  readonly message: string;
  readonly data: NewBootEvent['data'];
}

function readReport(stage: ReportedStage, said: string): Told | Refusal {
  const message = said === '' ? `the machine reports: ${stage}` : said;
  switch (stage) {
    case 'installed':
      return { observation: { kind: stage }, message, data: {} };
    case 'first-boot': {
      const observation = { kind: stage, hostKeys: parseHostKeys(said) };
      return { observation, message: 'the installed system has started', data: { hostKeys: said } };
    }
    case 'failed': {
      const reason = said || 'the installer gave up';
      return { observation: { kind: stage, stage: 'installing', reason }, message: reason, data: {} };
    }
    case 'progress': {
      const progress = parseProgress(said);
      if (progress === undefined)
        return {
          refused: 'unknown',
          reason: `no step is named so: take one of ${INSTALLER_STEPS.join(', ')}`,
        };
      const observation = { kind: stage, stage: progress.step };
      return { observation, message: describeProgress(progress), data: { ...progress } };
    }
    default:
      return { observation: { kind: 'progress', stage }, message, data: {} };
  }
}

function eventOf(
  { systemId, install }: StoredInstall,
  stage: Stage,
  message: string,
  outcome: Outcome,
  data: NewBootEvent['data'],
): NewBootEvent {
  return { systemId, installId: install.id, mac: null, stage, outcome, message, data };
}
