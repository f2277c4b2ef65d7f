import { describe, expect, test } from 'vitest';
import { decodeChassisStatus, GET_CHASSIS_STATUS } from '../../src/ipmi/chassis.ts';
import { MalformedMessage } from '../../src/ipmi/malformed.ts';
import type { IpmiRequest } from '../../src/ipmi/message.ts';
import { ask, askAgain, newSession, type SessionState, take } from '../../src/ipmi/session.ts';
import { closeSession, setPrivilege } from '../../src/ipmi/session-commands.ts';
import {
  countingRandom,
  openRecorded,
  packetOf,
  RECORDED_SESSIONS,
  recordedSession,
} from '../support/ipmi-sessions.ts';

const READ_FRU: IpmiRequest = {
  name: 'Read FRU Data',
  netFn: 0x0a,
  command: 0x11,
  data: Buffer.from([0, 0, 0, 16]),
};
const LEVEL = setPrivilege('administrator');
const CLOSE = closeSession(0x08070605);

/** What the recorded sessions of suites 3 and 17 ask. */
const REQUESTS = [LEVEL, GET_CHASSIS_STATUS, READ_FRU, CLOSE];

function responseTo(state: SessionState, datagram: Buffer) {
  const taken = take(state, datagram);
  if (!('response' in taken)) throw new Error(`no response: ${JSON.stringify(taken)}`);
  return taken;
}

describe('a session sends and reads what another implementation would', () => {
  test.each(RECORDED_SESSIONS.slice(0, 2))('suite $suite', (recorded) => {
    const random = countingRandom();
    let state = openRecorded(recorded);
    for (const [index, request] of REQUESTS.entries()) {
      const sent = ask(state, request, random);
      expect(sent.bytes.toString('hex')).toBe(recorded.packets[6 + 2 * index]?.bytes);
      const taken = responseTo(sent.state, packetOf(recorded, 7 + 2 * index));
      expect(taken.response).toMatchObject({ completionCode: 0, command: request.command });
      state = taken.state;
      if (request === GET_CHASSIS_STATUS) expect(decodeChassisStatus(taken.response.data).on).toBe(true);
    }
  });

  test.each(RECORDED_SESSIONS.slice(2))('suite $suite with a KG', (recorded) => {
    const sent = ask(openRecorded(recorded), GET_CHASSIS_STATUS, countingRandom());
    expect(sent.bytes.toString('hex')).toBe(recorded.packets[6]?.bytes);
    expect(responseTo(sent.state, packetOf(recorded, 7)).response.completionCode).toBe(0);
  });
});

describe.each([3, 17] as const)('hostile packets, suite %i', (suite) => {
  const recorded = recordedSession(suite);
  const answer = packetOf(recorded, 7);
  const asked = () => ask(openRecorded(recorded), LEVEL, countingRandom()).state;

  test('every beginning is malformed or dropped', () => {
    for (let length = 0; length < answer.length; length += 1) {
      const cut = answer.subarray(0, length);
      expect(() => take(asked(), cut)).toThrow(MalformedMessage);
    }
  });

  test('every flipped bit makes it malformed or dropped', () => {
    for (let bit = 0; bit < answer.length * 8; bit += 1) {
      const spoilt = Buffer.from(answer);
      spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // Reserved and acknowledge bits of the RMCP header mean nothing to us.
      if (bit >> 3 === 1 || bit >> 3 === 2) continue;
      expect(outcome(spoilt)).not.toBe('response');
    }
    function outcome(datagram: Buffer): string {
      try {
        return 'response' in take(asked(), datagram) ? 'response' : 'dropped';
      } catch (error) {
        return (error as Error).name;
      }
    }
  });

  test('an answer counts once', () => {
    const taken = responseTo(asked(), answer);
    const again = ask(taken.state, LEVEL, countingRandom());
    expect(take(again.state, answer)).toMatchObject({ reason: 'packet 1 again, or too late' });
  });

  test('an answer to an earlier request is dropped', () => {
    const later = ask(asked(), LEVEL, countingRandom());
    expect(take(later.state, answer)).toMatchObject({ reason: 'answer to another request' });
  });

  test('nothing is taken in the clear', () => {
    for (const flags of [0x00, 0x40, 0x80]) {
      const clear = Buffer.from(answer);
      clear[5] = flags;
      expect(take(asked(), clear)).toMatchObject({ reason: 'packet without a right authentication code' });
    }
  });
});

test('asking again keeps the request and changes the packet', () => {
  const first = ask(openRecorded(recordedSession(3)), LEVEL, countingRandom());
  const second = askAgain(first.state, countingRandom());
  expect(second?.bytes.readUInt32LE(10)).toBe(first.bytes.readUInt32LE(10) + 1);
  expect(second?.state.requestSequence).toBe(first.state.requestSequence);
  expect(askAgain(newSession(first.state.wrapping), countingRandom())).toBeUndefined();
});

test('sequence numbers leave out 0, which is for packets outside of a session', () => {
  const session = { ...openRecorded(recordedSession(3)), nextSequence: 0xffffffff };
  expect(ask(session, LEVEL, countingRandom()).state.nextSequence).toBe(1);
});
