import { readFileSync } from 'node:fs';
import { CIPHER_SUITES, type CipherSuiteId } from '../../src/ipmi/cipher-suites.ts';
import { bmcKey, passwordKey, userName } from '../../src/ipmi/keys.ts';
import { type LoginFacts, startLogin, stepLogin } from '../../src/ipmi/login.ts';
import type { Privilege } from '../../src/ipmi/open-session.ts';
import type { SessionState } from '../../src/ipmi/session.ts';
import { must } from './must.ts';

/** A whole session, worked out by test/fixtures/ipmi/make-sessions.py. */
export interface RecordedSession {
  readonly suite: CipherSuiteId;
  readonly user: string;
  readonly password: string;
  readonly kg: string | null;
  readonly consoleId: number;
  readonly consoleRandom: string;
  readonly privilege: Privilege;
  readonly keys: { readonly sik: string; readonly k1: string; readonly k2: string };
  readonly packets: readonly { readonly from: 'console' | 'bmc'; readonly bytes: string }[];
}

export const RECORDED_SESSIONS: readonly RecordedSession[] = JSON.parse(
  readFileSync(new URL('../fixtures/ipmi/sessions.json', import.meta.url), 'utf8'),
);

export function recordedSession(suite: CipherSuiteId): RecordedSession {
  return must(
    RECORDED_SESSIONS.find((recorded) => recorded.suite === suite),
    `session of suite ${suite}`,
  );
}

/** The bytes of one packet, counted from 0. */
export function packetOf(recorded: RecordedSession, index: number): Buffer {
  return Buffer.from(must(recorded.packets[index], `packet ${index}`).bytes, 'hex');
}

export function loginFacts(recorded: RecordedSession): LoginFacts {
  return {
    suite: CIPHER_SUITES[recorded.suite],
    privilege: recorded.privilege,
    user: userName(recorded.user),
    password: passwordKey(recorded.password, '2.0'),
    kg: recorded.kg === null ? undefined : bmcKey(recorded.kg),
    consoleId: recorded.consoleId,
    consoleRandom: Buffer.from(recorded.consoleRandom, 'hex'),
  };
}

/** IVs as the recorded sessions have them: 01 01 01 …, then 02 02 02 … */
export function countingRandom(): (count: number) => Buffer {
  let calls = 0;
  return (count) => {
    calls += 1;
    return Buffer.alloc(count, calls);
  };
}

/** The session after the BMC's three answers of the login. */
export function openRecorded(recorded: RecordedSession): SessionState {
  let state = startLogin(loginFacts(recorded));
  for (const answer of [1, 3, 5]) {
    const step = stepLogin(state, packetOf(recorded, answer));
    if (step.type === 'open') return step.session;
    if (step.type !== 'send') throw new Error(`login: ${JSON.stringify(step)}`);
    state = step.state;
  }
  throw new Error('the login did not end');
}
