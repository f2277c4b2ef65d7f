import { isIPv4 } from 'node:net';
import type { OpenBmcConsole } from '../../src/domain/power/bmc-console.ts';
import type { BmcDriver, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { CipherSuiteId } from '../../src/ipmi/cipher-suites.ts';
import type { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { RMCP_PORT } from '../../src/ipmi/rmcp.ts';
import type { RandomBytes } from '../../src/ipmi/session.ts';
import { Deadlines, type StartTimer, startRealTimer } from '../deadlines.ts';
import type { Endpoint } from '../net/datagram.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import { checkSuiteZero } from './ipmi-check.ts';
import { IpmiCommands } from './ipmi-commands.ts';
import { openSol } from './ipmi-console.ts';
import { Conversation, type ConversationDeps } from './ipmi-line.ts';
import { type LoginDeps, openPlusSession, type SuiteMemory } from './ipmi-login.ts';
import { openOldSession } from './ipmi-old-login.ts';
import { IpmiPorts } from './ipmi-ports.ts';
import { IpmiSession } from './ipmi-session.ts';

export interface IpmiDriverDeps {
  readonly bindPeers: BindPeers;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  readonly random: RandomBytes;
  /** Default: the real one. */
  readonly startTimer?: StartTimer;
  /** Default: kept as long as the driver lives. */
  readonly suites?: SuiteMemory;
  /** Bytes of a BMC that are no valid message, for the log. */
  readonly onMalformed?: (bmc: Endpoint, error: MalformedMessage, bytes: Buffer) => void;
  /** Errors of the socket that belong to no BMC. */
  readonly onError?: (error: Error) => void;
}

export interface IpmiDriver extends BmcDriver {
  /** Opens the serial console by Serial over LAN, in a session of its own. */
  readonly openConsole: OpenBmcConsole;
  /** Frees the socket; sessions that are open fail with a timeout. */
  close(): Promise<void>;
}

/** IPMI over LAN. All sessions share one socket and one timer. */
export function createIpmiDriver(deps: IpmiDriverDeps): IpmiDriver {
  const { now, random, onMalformed = () => {}, onError = () => {} } = deps;
  const ports = new IpmiPorts(deps.bindPeers, onError);
  const deadlines = new Deadlines(now, deps.startTimer ?? startRealTimer);
  const suites = deps.suites ?? newSuiteMemory();
  const opening: Opening = { talk: { ports, deadlines, now, onMalformed }, login: { random, suites } };
  const solSequences = new Map<string, number>();
  return {
    name: 'ipmi',
    async withSession(target, work, { signal }) {
      const { commands, leave } = await openSession(opening, target, signal);
      try {
        return await work(new IpmiSession(commands));
      } finally {
        if (signal.aborted) commands.closeUnheard();
        else await commands.close();
        leave();
      }
    },
    async openConsole(target, options) {
      if (target.protocol === '1.5')
        throw new BmcError('unsupported', 'Serial over LAN is a part of IPMI 2.0, and the record says 1.5');
      const { commands, letGo, leave } = await openSession(opening, target, options.signal);
      const key = keyOf(endpointOf(target));
      const close = async () => {
        await commands.close();
        leave();
      };
      const lastSequence = solSequences.get(key) ?? (random(1)[0] ?? 0) % 15;
      const leaveSol = (last: number) => {
        solSequences.set(key, last);
        return close();
      };
      try {
        const opened = await openSol({ commands, deadlines, now, lastSequence, leave: leaveSol }, options);
        letGo();
        return opened;
      } catch (error) {
        await close();
        throw error;
      }
    },
    async check(target, { signal }) {
      const talk = await openTalk(opening.talk, endpointOf(target), signal);
      try {
        return await checkSuiteZero(talk.conversation, target, random);
      } finally {
        talk.leave();
      }
    },
    close: () => ports.close(),
  };
}

interface Opening {
  readonly talk: ConversationDeps;
  readonly login: LoginDeps;
}

interface OpenSession {
  readonly commands: IpmiCommands;
  /** From now on the signal ends nothing. */
  letGo(): void;
  leave(): void;
}

/** A conversation that the signal ends. */
async function openTalk(deps: ConversationDeps, bmc: Endpoint, signal: AbortSignal) {
  signal.throwIfAborted();
  const conversation = await openConversation(deps, bmc);
  const giveUp = () => conversation.giveUp(signal.reason);
  const letGo = () => signal.removeEventListener('abort', giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  return {
    conversation,
    letGo,
    leave() {
      letGo();
      conversation.leave();
    },
  };
}

/** Logs in; whoever gets the session closes and leaves it. Throws BmcError, or the signal's reason. */
async function openSession(
  { talk, login }: Opening,
  target: BmcTarget,
  signal: AbortSignal,
): Promise<OpenSession> {
  const bmc = endpointOf(target);
  const { conversation, letGo, leave } = await openTalk(talk, bmc, signal);
  try {
    const state =
      target.protocol === '1.5'
        ? await openOldSession(conversation, target, login.random)
        : await openPlusSession(conversation, target, keyOf(bmc), login);
    return { commands: new IpmiCommands(conversation, state, target.privilege, login.random), letGo, leave };
  } catch (error) {
    leave();
    throw error;
  }
}

async function openConversation(deps: ConversationDeps, bmc: Endpoint): Promise<Conversation> {
  try {
    return await Conversation.open(deps, bmc);
  } catch (error) {
    throw new BmcError('unreachable', `no socket: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function endpointOf({ address, port }: BmcTarget): Endpoint {
  if (!isIPv4(address)) throw new BmcError('unreachable', `${JSON.stringify(address)} is no IPv4 address`);
  return { address, port: port ?? RMCP_PORT };
}

/** What is remembered of a BMC is remembered by it. */
function keyOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}

function newSuiteMemory(): SuiteMemory {
  const known = new Map<string, CipherSuiteId>();
  return { find: (bmc) => known.get(bmc), remember: (bmc, suite) => known.set(bmc, suite) };
}
