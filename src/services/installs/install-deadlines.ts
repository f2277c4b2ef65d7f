import type { NewBootEvent, Stage } from '../../domain/boot/boot-event.ts';
import type { Install } from '../../domain/install/install.ts';
import { advance, type Observation } from '../../domain/install/install-state.ts';
import {
  type DeadlineSeconds,
  deadlineOf,
  type LifeSigns,
  NETBOOT_STAGES,
  overdueHint,
  overdueReason,
  SIGNS_OF_LIFE,
} from '../../domain/install/stage-deadlines.ts';
import type { StoredInstall } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { factsOf } from './installs.ts';

export interface DeadlineEdges {
  readonly record: (event: NewBootEvent) => void;
  readonly seconds: () => DeadlineSeconds;
  /** The end of what its installer has written. */
  readonly lastLines: (installId: number, count: number) => Promise<readonly string[]>;
  /** Nothing is overdue for so long after the service began to listen. */
  readonly graceSeconds: () => number;
}

/** Ends installs that stick: a stage that does not come in its time is a failure with a name. */
export interface InstallDeadlines {
  /** Hears every event; returns at once. */
  notice(event: NewBootEvent): void;
  /** The machine of this install has shown that it goes on, by a way that makes no event. */
  heard(installId: number): void;
  /** Ends what is overdue; to be called every ten seconds or so. */
  sweep(): Promise<void>;
}

/** More between two sweeps means that the service was away, or the clock was set: machines were not heard meanwhile. */
const AWAY_MS = 120_000;
/** What the timeline shows of the installer's log. */
const LAST_LINES = 15;
/** Events of an install that are looked at after a start. */
const LATELY = 500;

const UNHEARD: LifeSigns = { heardAtMs: null, netboot: null };

export function installDeadlines(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  { record, seconds, graceSeconds, lastLines }: DeadlineEdges,
): InstallDeadlines {
  const signs = new Map<number, LifeSigns>();
  let awakeMs = now();
  let sweptMs = awakeMs;

  const hear = (installId: number, stage: Stage | null, atMs: number): void => {
    const netboot = stage !== null && NETBOOT_STAGES.includes(stage) ? stage : null;
    const known = signs.get(installId) ?? UNHEARD;
    signs.set(installId, { heardAtMs: atMs, netboot: netboot ?? known.netboot });
  };

  /** What an earlier run of the service has heard. */
  const recall = async (installId: number): Promise<void> => {
    if (signs.has(installId)) return;
    const lately = await store.read.events.listForInstall(installId, LATELY);
    // What was heard while this was read is newer.
    if (signs.has(installId)) return;
    signs.set(installId, UNHEARD);
    for (const { stage, data, at } of lately.toReversed())
      if (isSign({ stage, data })) hear(installId, stage, Date.parse(at));
  };

  /** What the record says now, with what was heard until now. */
  const overdueOf = (install: Install): Observation | undefined => {
    const limits = seconds();
    const known = signs.get(install.id) ?? UNHEARD;
    const due = deadlineOf(install, known, limits, awakeMs + graceSeconds() * 1000);
    if (due === undefined || now() < due.atMs) return undefined;
    const { stage, after } = due;
    const reason = overdueReason(stage, after, limits[stage]);
    return { kind: 'overdue', stage, reason, hint: overdueHint(stage, install.system) };
  };

  const endOne = async ({ install, systemId }: StoredInstall): Promise<void> => {
    const outcome = await store.boot.moveInstall(
      install.id,
      (current) => {
        const overdue = overdueOf(current);
        if (overdue === undefined) return { refused: 'it has gone on meanwhile' };
        return advance(factsOf(current), overdue, now());
      },
      now(),
    );
    if (outcome === undefined || 'refused' in outcome) return;
    const { reason, hint } = outcome.install;
    const message = hint === null ? `${reason}` : `${reason}; ${hint}`;
    const lines = await lastLines(install.id, LAST_LINES);
    const log = lines.length === 0 ? {} : { lastLines: lines.join('\n') };
    const data = { missing: outcome.install.stage, ...log };
    record({ systemId, mac: null, installId: install.id, stage: 'failed', outcome: 'error', message, data });
  };

  const forgetOthers = (live: readonly StoredInstall[]): void => {
    const ids = new Set(live.map(({ install }) => install.id));
    for (const id of signs.keys()) if (!ids.has(id)) signs.delete(id);
  };

  return {
    notice(event) {
      if (event.installId !== null && isSign(event)) hear(event.installId, event.stage, now());
    },
    heard: (installId) => hear(installId, null, now()),
    async sweep() {
      const nowMs = now();
      if (Math.abs(nowMs - sweptMs) > AWAY_MS) awakeMs = nowMs;
      sweptMs = nowMs;
      const live = await store.read.installs.listLive();
      for (const { install } of live) await recall(install.id);
      for (const stored of live) if (overdueOf(stored.install) !== undefined) await endOne(stored);
      forgetOthers(live);
    },
  };
}

/** An operating system that asks for an address says nothing about an installation. */
function isSign({ stage, data }: Pick<NewBootEvent, 'stage' | 'data'>): boolean {
  const isOther = stage.startsWith('dhcp-') && data['netboot'] !== true;
  return SIGNS_OF_LIFE.includes(stage) && !isOther;
}
