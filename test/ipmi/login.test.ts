import { describe, expect, test } from 'vitest';
import { type LoginState, startLogin, stepLogin } from '../../src/ipmi/login.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import { loginFacts, packetOf, RECORDED_SESSIONS, recordedSession } from '../support/ipmi-sessions.ts';

const SHA1 = recordedSession(3);

/** The login after so many answers of the BMC. */
function loginAfter(answers: 0 | 1 | 2, facts = loginFacts(SHA1)): LoginState {
  let state = startLogin(facts);
  for (let index = 0; index < answers; index += 1) {
    const step = stepLogin(state, packetOf(SHA1, 2 * index + 1));
    if (step.type !== 'send') throw new Error(`login: ${JSON.stringify(step)}`);
    state = step.state;
  }
  return state;
}

/** The answer that the login waits for after so many, with its payload changed; its length is kept right. */
function changed(answers: 0 | 1 | 2, change: (payload: Buffer) => Buffer): Buffer {
  const packet = packetOf(SHA1, 2 * answers + 1);
  const payload = change(Buffer.from(packet.subarray(16)));
  const head = Buffer.from(packet.subarray(0, 16));
  head.writeUInt16LE(payload.length, 14);
  return Buffer.concat([head, payload]);
}

function withStatus(status: number) {
  return (payload: Buffer): Buffer => {
    payload[1] = status;
    return payload;
  };
}

describe('a login sends what another implementation would', () => {
  test.each(RECORDED_SESSIONS)('suite $suite, user "$user", KG $kg', (recorded) => {
    let state = startLogin(loginFacts(recorded));
    expect(state.sent.toString('hex')).toBe(recorded.packets[0]?.bytes);
    for (const answer of [1, 3]) {
      const step = stepLogin(state, packetOf(recorded, answer));
      if (step.type !== 'send') throw new Error(`login: ${JSON.stringify(step)}`);
      state = step.state;
      expect(state.sent.toString('hex')).toBe(recorded.packets[answer + 1]?.bytes);
    }
    expect(stepLogin(state, packetOf(recorded, 5)).type).toBe('open');
  });
});

describe('a BMC that says no', () => {
  test.each([
    [0, 0x01, 'out-of-sessions'],
    [0, 0x11, 'no-cipher'],
    [0, 0x04, 'no-cipher'],
    [0, 0x09, 'privilege'],
    [0, 0x7f, 'refused'],
    [1, 0x0d, 'wrong-credentials'],
    [1, 0x0a, 'privilege'],
    [1, 0x02, 'timeout'],
    [2, 0x0f, 'wrong-credentials'],
    [2, 0x0b, 'out-of-sessions'],
  ] as const)('after %i answers with status %i: %s', (answers, status, failure) => {
    const step = stepLogin(loginAfter(answers), changed(answers, withStatus(status)));
    expect(step).toMatchObject({ type: 'failed', failure });
  });

  test('with nothing but tag and status', () => {
    const refusal = changed(0, (payload) => withStatus(0x11)(payload).subarray(0, 2));
    expect(stepLogin(loginAfter(0), refusal)).toMatchObject({ type: 'failed', failure: 'no-cipher' });
  });
});

describe('keys that are not the same', () => {
  const wrong = Buffer.alloc(20, 1);

  test('another password shows in RAKP 2, and the BMC is told to forget the session', () => {
    const facts = { ...loginFacts(SHA1), password: wrong };
    const step = stepLogin(loginAfter(1, facts), packetOf(SHA1, 3));
    expect(step).toMatchObject({ type: 'failed', failure: 'wrong-credentials' });
    const goodbye = step.type === 'failed' ? step.goodbye?.toString('hex') : undefined;
    expect(goodbye).toBe('0600ff0706140000000000000000080006'.concat('0f000005060708'));
  });

  test('another KG shows in RAKP 4', () => {
    const facts = { ...loginFacts(SHA1), kg: wrong };
    const step = stepLogin(loginAfter(2, facts), packetOf(SHA1, 5));
    expect(step).toMatchObject({ type: 'failed', failure: 'wrong-credentials', detail: /KG/ });
  });

  test.each([
    ['RAKP 2', 1],
    ['RAKP 4', 2],
  ] as const)('a code of %s that is cut counts as wrong', (_, answers) => {
    const cut = changed(answers, (payload) => payload.subarray(0, -1));
    expect(stepLogin(loginAfter(answers), cut)).toMatchObject({ failure: 'wrong-credentials' });
  });
});

describe('what is not for this login is dropped', () => {
  test.each([0, 1, 2] as const)('after %i answers', (answers) => {
    const state = loginAfter(answers);
    const otherTag = changed(answers, (payload) => {
      payload[0] = (payload[0] ?? 0) + 1;
      return payload;
    });
    const otherConsole = changed(answers, (payload) => {
      payload[4] = (payload[4] ?? 0) + 1;
      return payload;
    });
    const otherPayload = packetOf(SHA1, answers === 0 ? 3 : 1);
    for (const packet of [otherTag, otherConsole, otherPayload, packetOf(SHA1, 7)])
      expect(stepLogin(state, packet).type).toBe('drop');
  });

  test('an answer that comes twice', () => {
    expect(stepLogin(loginAfter(1), packetOf(SHA1, 1)).type).toBe('drop');
  });
});

test('a BMC cannot talk us down to other algorithms', () => {
  const none = changed(0, (payload) => {
    for (const at of [16, 24, 32]) payload[at] = 0;
    return payload;
  });
  expect(stepLogin(loginAfter(0), none)).toMatchObject({ type: 'failed', failure: 'no-cipher' });
});

test.each([0, 1, 2] as const)(
  'every beginning of the answer after %i is malformed, or another code',
  (answers) => {
    const whole = packetOf(SHA1, 2 * answers + 1);
    const state = loginAfter(answers);
    for (let length = 0; length < whole.length; length += 1)
      expect(() => stepLogin(state, whole.subarray(0, length))).toThrow(MalformedMessage);
  },
);
