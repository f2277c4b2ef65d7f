import { SEALING } from '../../domain/access/sealing.ts';
import type { NewBootEvent, Stage } from '../../domain/boot/boot-event.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import { type Install, NO_HANDOFF } from '../../domain/install/install.ts';
import { type InstallInput, installInput } from '../../domain/install/install-input.ts';
import {
  advance,
  type InstallChange,
  type InstallLife,
  isLive,
  type Observation,
} from '../../domain/install/install-state.ts';
import type { PowerUp } from '../../domain/power/power-up.ts';
import type { System } from '../../domain/records/system.ts';
import { wipeProblems } from '../../domain/records/system-lock.ts';
import type { InstallOutcome } from '../../store/interfaces/boot-store.ts';
import type { StoredInstall, StoredSystem, StoreTransaction } from '../../store/interfaces/store.ts';
import { notReady } from '../boot/answer-facts.ts';
import { hashToken, newToken } from '../boot/token.ts';
import type { Actor, Deps } from '../deps.ts';
import type { EventService } from '../events/events.ts';
import { everyReason } from '../records/every-reason.ts';
import { parseInput, refuseStale } from '../records/input.ts';

/** Renders and checks everything that the machine would be given; throws DomainError 'not-ready' with every problem. */
export type ReadinessCheck = (system: StoredSystem, input: InstallInput) => Promise<void>;

/** What arming needs of those who switch machines on. */
export interface PowerUps {
  /** How the machine will be brought up; null where somebody else switches it on. Throws DomainError 'not-ready'. */
  prepare(system: System, input: InstallInput): Promise<PowerUp | null>;
  follow(stored: StoredInstall): void;
  /** Nothing more is asked for of the machine's power. */
  stop(tx: StoreTransaction, install: Install): Promise<void>;
  /** What is still to be done for this install is done by one that begins now. */
  giveWay(tx: StoreTransaction, install: Install): Promise<void>;
}

/** The name of the hand-off that a system would get now; throws DomainError 'not-ready' where it cannot be had. */
export type ChooseHandoff = (system: System) => Promise<string>;

/** An install that nothing is against: what was asked for, and what was found out about it. */
export interface Arming {
  readonly system: System;
  readonly input: InstallInput;
  readonly powerUp: PowerUp | null;
  readonly handoff: string;
}

/** By whom, with which others, and at which place of the queue (from 1; null: it begins now). */
export interface Turn {
  readonly actor: Actor;
  readonly batch: string | null;
  readonly position: number | null;
}

/** The place at which an install has to wait; null where it may begin now. */
export type FindPlace = (tx: StoreTransaction, powerUp: PowerUp | null) => Promise<number | null>;

/** Use cases of installs: arm, cancel, and moving them on as machines are seen. */
export function installService(
  deps: Deps,
  events: EventService,
  checkReady: ReadinessCheck,
  powerUps: PowerUps,
  chooseHandoff: ChooseHandoff = async () => NO_HANDOFF,
  findPlace: FindPlace = async () => null,
) {
  const { store, now, randomBytes, secrets } = deps;

  const getSystem = async (name: string): Promise<StoredSystem> => {
    const found = await store.read.systems.find(name);
    if (found === undefined) throw notFound('system', name);
    return found;
  };

  const observe = async (installId: number, seen: Observation): Promise<InstallOutcome> => {
    const nowMs = now();
    const decide = (install: Install) => advance(factsOf(install), seen, nowMs);
    return (await store.boot.moveInstall(installId, decide, nowMs)) ?? { refused: 'the install was removed' };
  };

  const expireOne = async (stored: StoredInstall): Promise<void> => {
    const result = await observe(stored.install.id, { kind: 'expired' });
    if ('refused' in result || result.install.state !== 'expired') return;
    events.record(eventOf(stored, 'expired', 'warning', result.install.reason ?? 'expired'));
  };

  const sweep = async (): Promise<void> => {
    for (const stored of await store.read.installs.listOverdue(now())) await expireOne(stored);
  };

  const check = async (name: string, input: InstallInput): Promise<Arming> => {
    const found = await getSystem(name);
    const { install } = found.system;
    if (install !== null && isLive(factsOf(install), now())) throw alreadyLive(install);
    return recheck(found, input);
  };

  const recheck = async (found: StoredSystem, input: InstallInput): Promise<Arming> => {
    const { system } = found;
    const [, powerUp, handoff] = await everyReason(system.name, [
      checkReady(found, input),
      powerUps.prepare(system, input),
      chooseHandoff(system),
      refuseWipe(system, input),
    ]);
    return { system, input, powerUp, handoff };
  };

  const add = async (
    tx: StoreTransaction,
    { system: { id, name, revision }, input, powerUp, handoff }: Arming,
    { actor, batch, position }: Turn,
  ): Promise<StoredInstall> => {
    const found = await tx.systems.findById(id);
    if (found === undefined) throw notFound('system', name);
    // What was checked is what is armed.
    refuseStale('system', found.system, revision);
    // Beside the record, so that its revision does not tell.
    await refuseWipe(found.system, input);
    await refuseLive(tx, id, position === null ? powerUp : null);
    const token = newToken(randomBytes);
    const armedAt = now();
    const stored = await tx.installs.add({
      systemId: id,
      state: position === null ? 'armed' : 'queued',
      batch,
      position,
      handoff,
      attempts: input.attempts,
      armedAt,
      armedBy: actor.name,
      expiresAt: armedAt + input.expiresInMinutes * 60_000,
      tokenHash: hashToken(token),
      tokenSealed: secrets.seal(token, SEALING.installToken),
      powerUp: position === null ? powerUp : null,
    });
    if (position !== null) await tx.queue.keep(stored.install.id, input);
    const detail = { install: stored.install.id, batch, ...input };
    await tx.audit.add({ by: actor, action: 'arm', noun: 'system', name, detail }, armedAt);
    return stored;
  };

  /** One live install a system. One whose time is over, and that nobody has swept yet, is ended here. */
  const refuseLive = async (
    tx: StoreTransaction,
    systemId: number,
    powerUp: PowerUp | null,
  ): Promise<void> => {
    const latest = await tx.installs.findLatest(systemId);
    if (latest === undefined) return;
    const facts = factsOf(latest.install);
    if (isLive(facts, now())) throw alreadyLive(latest.install);
    const { change } = advance(facts, { kind: 'expired' }, now()) as { change: InstallChange | null };
    if (change !== null) await tx.installs.update(latest.install.id, change, now());
    if (powerUp !== null) await powerUps.giveWay(tx, latest.install);
  };

  /** Goes on with an install that was written, and tells of it. */
  const follow = (stored: StoredInstall): void => {
    const { state, armedBy, attempts, expiresAt, position } = stored.install;
    if (state === 'queued') {
      events.record(eventOf(stored, 'queued', 'ok', `queued by ${armedBy}: place ${position}`));
      return;
    }
    powerUps.follow(stored);
    const message = `armed by ${armedBy}: ${attempts} attempt${attempts === 1 ? '' : 's'} until ${expiresAt}`;
    events.record(eventOf(stored, 'armed', 'ok', message));
  };

  return {
    observe,
    sweep,
    /** Everything that arming needs, looked at now. Throws DomainError with every reason against it. */
    check,
    /** The same for an install that is on record already. */
    recheck,
    /** Writes an install that was checked. Throws DomainError where its system has changed since. */
    add,
    follow,

    /**
     * Arms one install, or queues it where its turn has not come: everything is checked first, then the permission is
     * written.
     */
    async arm(name: string, body: unknown, actor: Actor): Promise<Install> {
      const input = parseInput(installInput, body ?? {});
      await sweep();
      const arming = await check(name, input);
      const stored = await store.transaction(async (tx) =>
        add(tx, arming, { actor, batch: null, position: await findPlace(tx, arming.powerUp) }),
      );
      follow(stored);
      return stored.install;
    },

    async cancel(name: string, actor: Actor): Promise<Install> {
      const stored = await store.transaction(async (tx) => {
        const found = await tx.systems.find(name);
        if (found === undefined) throw notFound('system', name);
        const latest = await tx.installs.findLatest(found.system.id);
        if (latest === undefined) throw nothingOpen(name, null);
        const result = advance(factsOf(latest.install), { kind: 'cancelled', by: actor.name }, now());
        if (result.refused !== undefined || result.change === null) throw nothingOpen(name, latest.install);
        const detail = { install: latest.install.id };
        await powerUps.stop(tx, latest.install);
        await tx.audit.add({ by: actor, action: 'cancel', noun: 'system', name, detail }, now());
        return tx.installs.update(latest.install.id, result.change, now());
      });
      events.record(eventOf(stored, 'cancelled', 'warning', `cancelled by ${actor.name}`));
      return stored.install;
    },

    /** The install that a token belongs to, open or over. */
    findByToken(token: string): StoredInstall | undefined {
      return store.boot.findInstall(hashToken(token));
    },

    /** The token of an install, for the boot script that must name it. */
    tokenOf(installId: number): string | undefined {
      const stored = store.boot.findInstallById(installId);
      return stored === undefined ? undefined : secrets.open(stored.tokenSealed, SEALING.installToken);
    },
  };
}

export type InstallService = ReturnType<typeof installService>;

/** The record in the shape that decisions take. */
export function factsOf(install: Install): InstallLife {
  return {
    id: install.id,
    state: install.state,
    attempts: install.attempts,
    attemptsUsed: install.attemptsUsed,
    scriptsServed: install.scriptsServed,
    stage: install.stage,
    failure: install.failure,
    handoff: install.handoff,
    armedAtMs: Date.parse(install.armedAt),
    stateAtMs: Date.parse(install.stateAt),
    expiresAtMs: Date.parse(install.expiresAt),
  };
}

function eventOf(
  stored: StoredInstall,
  stage: Stage,
  outcome: 'ok' | 'warning',
  message: string,
): NewBootEvent {
  return {
    systemId: stored.systemId,
    mac: null,
    installId: stored.install.id,
    stage,
    outcome,
    message,
    data: {},
  };
}

/** Throws DomainError 'not-ready' where the disk of the system must not be overwritten. */
async function refuseWipe(system: System, input: InstallInput): Promise<void> {
  const problems = wipeProblems(system, input);
  if (problems.length > 0) throw notReady(system.name, problems);
}

function alreadyLive(install: Install): DomainError {
  return new DomainError(
    'wrong-state',
    `system '${install.system}' has an install already that is not over (${install.state})`,
    {
      hint: `watch it: provision system timeline ${install.system} --follow; or end it: provision system cancel ${install.system}`,
    },
  );
}

function nothingOpen(name: string, last: Install | null): DomainError {
  const state = last === null ? 'it was never armed' : `the last install is over (${last.state})`;
  return new DomainError('wrong-state', `system '${name}' has no install to cancel: ${state}`, {
    hint: `arm one: provision system install ${name}`,
  });
}
