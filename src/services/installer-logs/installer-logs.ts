import type { NewBootEvent, Outcome } from '../../domain/boot/boot-event.ts';
import type { InstallState } from '../../domain/install/install.ts';
import { describeProgress, type InstallerStep } from '../../domain/install/installer-step.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { MachineFacts } from '../../store/interfaces/dhcp-store.ts';
import { formatLogLine } from '../../syslog/log-line.ts';
import { decodeMessage } from '../../syslog/message.ts';
import type { Deps } from '../deps.ts';
import { limitEvents } from '../events/event-budget.ts';
import type { EventService } from '../events/events.ts';
import type { InstallService } from '../installs/installs.ts';
import { type InstallLogFiles, SYSLOG } from './log-files.ts';
import { MessageLimit } from './message-limit.ts';
import { readFailedStep, readStep } from './step-table.ts';
import { maskToken } from './token-mask.ts';

/** What came of the messages since the start; each number only grows. */
export interface LogCounters {
  readonly taken: number;
  /** Messages and connections from addresses of no machine that installs itself. */
  readonly fromStrangers: number;
  /** Beyond what one machine may send. */
  readonly tooMany: number;
}

/** What machines say while they install. */
export interface InstallerLogs {
  /** May somebody with this address connect: a machine in the middle of an install? Who may not is counted. */
  isExpected(address: Ipv4): boolean;
  /** One message of a machine; `cutBytes` of it were too long. Never throws. */
  take(address: Ipv4, bytes: Buffer, cutBytes?: number): void;
  /** The last lines that the machine of an install said. */
  lastLines(installId: number, count: number): Promise<string[]>;
  counters(): LogCounters;
  /** Forgets installs that say nothing any more, and removes the files of those that are no record any more. */
  prune(): Promise<void>;
}

export interface InstallerLogParts {
  readonly files: InstallLogFiles;
  readonly events: Pick<EventService, 'record'>;
  readonly installs: Pick<InstallService, 'observe' | 'tokenOf'>;
  /** The machine works: the deadline of its stage moves. */
  readonly noteSignOfLife: (installId: number) => void;
  /** A step could not be written. */
  readonly onError: (error: unknown) => void;
}

/**
 * States in which an installer may be running. A failed one may still show a dialog and say why; before it is booting it is the
 * old system that speaks.
 */
const SPEAKING: readonly InstallState[] = ['booting', 'loading', 'installing', 'installed', 'failed'];

/** Longest line kept, in characters. RFC 5424 §6.1 wants 2048 bytes taken at least. */
export const LINE_CHARS = 8192;
const LINES_REMEMBERED = 50;
/** So often a machine that speaks is noted to be alive. */
const SIGN_OF_LIFE_MS = 10_000;
/** An install of which nothing was heard for so long is forgotten; its file stays. */
const FORGOTTEN_MS = 60 * 60_000;

/** An install whose machine speaks. */
interface Speaker {
  readonly systemId: number;
  readonly installId: number;
  readonly token: string;
  readonly limit: MessageLimit;
  readonly lines: string[];
  left: number;
  heardAtMs: number;
  signedAtMs: number;
  step: InstallerStep | undefined;
  failedStep: string | undefined;
}

export function installerLogs(deps: Pick<Deps, 'store' | 'now'>, parts: InstallerLogParts): InstallerLogs {
  const { store, now } = deps;
  const { files, installs, noteSignOfLife } = parts;
  const tell = limitEvents(parts.events.record, now);
  const speakers = new Map<number, Speaker>();
  const counters = { taken: 0, fromStrangers: 0, tooMany: 0 };

  const machineAt = (address: Ipv4): MachineFacts | undefined => {
    const mac = store.dhcp.findMacOf(address, now());
    if (mac === undefined) return undefined;
    return store.dhcp.findMachine(mac) ?? store.dhcp.findMachineSeen(mac, now())?.machine;
  };

  const speakerAt = (address: Ipv4): Speaker | undefined => {
    const machine = machineAt(address);
    const install = machine?.install;
    if (machine === undefined || install === null || install === undefined) return undefined;
    if (!SPEAKING.includes(install.state)) return undefined;
    return speakers.get(install.id) ?? begin(machine.systemId, install.id);
  };

  const begin = (systemId: number, installId: number): Speaker | undefined => {
    const token = installs.tokenOf(installId);
    if (token === undefined) return undefined;
    const nowMs = now();
    const speaker: Speaker = {
      systemId,
      installId,
      token,
      limit: new MessageLimit(nowMs),
      lines: [],
      left: 0,
      heardAtMs: nowMs,
      signedAtMs: Number.NEGATIVE_INFINITY,
      step: undefined,
      failedStep: undefined,
    };
    speakers.set(installId, speaker);
    return speaker;
  };

  const write = (speaker: Speaker, line: string): void => {
    files.append(speaker.installId, `${line}\n`);
    speaker.lines.push(line);
    if (speaker.lines.length > LINES_REMEMBERED) speaker.lines.shift();
  };

  const record = (speaker: Speaker, outcome: Outcome, message: string, data: NewBootEvent['data']): void => {
    const { systemId, installId } = speaker;
    tell({ systemId, installId, mac: null, stage: 'progress', outcome, message, data });
  };

  const follow = (speaker: Speaker, message: ReturnType<typeof decodeMessage>): void => {
    const failed = readFailedStep(message);
    if (failed !== undefined && failed !== speaker.failedStep) {
      speaker.failedStep = failed;
      record(speaker, 'error', `the installer's step '${failed}' has failed`, { failedStep: failed });
    }
    const progress = readStep(message);
    if (progress === undefined || progress.step === speaker.step) return;
    const { step, percent } = progress;
    speaker.step = step;
    // The installer may report its steps as well.
    if (store.boot.findInstallById(speaker.installId)?.install.stage === step) return;
    record(speaker, 'ok', describeProgress(progress), { step, percent });
    // A log cannot be trusted to end an install, whoever sends it; it only says how far it is.
    installs.observe(speaker.installId, { kind: 'progress', stage: step }).catch(parts.onError);
  };

  const noteAlive = (speaker: Speaker, nowMs: number): void => {
    speaker.heardAtMs = nowMs;
    if (nowMs - speaker.signedAtMs < SIGN_OF_LIFE_MS) return;
    speaker.signedAtMs = nowMs;
    noteSignOfLife(speaker.installId);
  };

  return {
    isExpected(address) {
      const isExpected = speakerAt(address) !== undefined;
      if (!isExpected) counters.fromStrangers += 1;
      return isExpected;
    },

    take(address, bytes, cutBytes = 0) {
      const nowMs = now();
      const speaker = speakerAt(address);
      if (speaker === undefined) {
        counters.fromStrangers += 1;
        return;
      }
      if (!speaker.limit.take(nowMs)) {
        counters.tooMany += 1;
        speaker.left += 1;
        return;
      }
      counters.taken += 1;
      if (speaker.left > 0)
        write(speaker, noteOf(nowMs, `${speaker.left} messages left out, they were too many`));
      speaker.left = 0;
      const message = decodeMessage(bytes);
      write(speaker, shorten(maskToken(formatLogLine(message, nowMs), speaker.token), cutBytes));
      follow(speaker, message);
      noteAlive(speaker, nowMs);
    },

    async lastLines(installId, count) {
      const remembered = speakers.get(installId)?.lines.slice(-count) ?? [];
      if (remembered.length > 0) return remembered;
      const tail = await files.tail(installId, SYSLOG, count);
      return tail === undefined ? [] : tail.text.split('\n').filter((line) => line !== '');
    },

    counters: () => ({ ...counters }),

    async prune() {
      for (const [installId, { heardAtMs }] of speakers)
        if (now() - heardAtMs > FORGOTTEN_MS) speakers.delete(installId);
      await files.removeUnless((installId) => store.boot.findInstallById(installId) !== undefined);
    },
  };
}

/** A line of our own among the machine's. */
function noteOf(nowMs: number, words: string): string {
  return `${new Date(nowMs).toISOString()} ---- ${words} ----`;
}

function shorten(line: string, cutBytes: number): string {
  const cutChars = Math.max(0, line.length - LINE_CHARS);
  if (cutChars === 0 && cutBytes === 0) return line;
  return `${line.slice(0, LINE_CHARS)} … (${cutChars + cutBytes} more)`;
}
