import { isIPv4 } from 'node:net';
import type { BmcDriver, BmcTarget } from '../../src/domain/bmc-driver.ts';
import { BmcError } from '../../src/domain/bmc-error.ts';
import type { CipherSuiteId } from '../../src/ipmi/cipher-suites.ts';
import type { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { RMCP_PORT } from '../../src/ipmi/rmcp.ts';
import type { RandomBytes } from '../../src/ipmi/session.ts';
import { Deadlines, type StartTimer, startRealTimer } from '../deadlines.ts';
import type { Endpoint } from '../net/datagram.ts';
import type { BindPeers } from '../net/peer-socket.ts';
import { IpmiCommands } from './ipmi-commands.ts';
import { Conversation, type ConversationDeps } from './ipmi-line.ts';
import { openPlusSession, type SuiteMemory } from './ipmi-login.ts';
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
  /** Frees the socket; sessions that are open fail with a timeout. */
  close(): Promise<void>;
}

/** IPMI over LAN. All sessions share one socket and one timer. */
export function createIpmiDriver(deps: IpmiDriverDeps): IpmiDriver {
  const { now, random, onMalformed = () => {}, onError = () => {} } = deps;
  const ports = new IpmiPorts(deps.bindPeers, onError);
  const conversation: ConversationDeps = {
    ports,
    deadlines: new Deadlines(now, deps.startTimer ?? startRealTimer),
    now,
    onMalformed,
  };
  const suites = deps.suites ?? newSuiteMemory();
  return {
    name: 'ipmi',
    async withSession(target, work, { signal }) {
      signal.throwIfAborted();
      const bmc = endpointOf(target);
      const talk = await openConversation(conversation, bmc);
      const giveUp = () => talk.giveUp(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        const key = `${bmc.address} ${bmc.port}`;
        const state =
          target.protocol === '1.5'
            ? await openOldSession(talk, target, random)
            : await openPlusSession(talk, target, key, { random, suites });
        const commands = new IpmiCommands(talk, state, target.privilege, random);
        try {
          return await work(new IpmiSession(commands));
        } finally {
          if (signal.aborted) commands.closeUnheard();
          else await commands.close();
        }
      } finally {
        signal.removeEventListener('abort', giveUp);
        talk.leave();
      }
    },
    close: () => ports.close(),
  };
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

function newSuiteMemory(): SuiteMemory {
  const known = new Map<string, CipherSuiteId>();
  return { find: (bmc) => known.get(bmc), remember: (bmc, suite) => known.set(bmc, suite) };
}
