import { describe, expect, it } from 'vitest';
import { forwardToMachine, forwardToServer, isAck, isRequest } from '../lab/relay-packet.ts';

const USER_CLASS = [77, 4, ...Buffer.from('iPXE')];
const IPXE = [175, 3, 0xb1, 1, 5];
const CIRCUIT = [82, 10, 1, 8, ...Buffer.from('lab/port')];
const END = 255;

function packet(op: number, ...options: number[][]): Buffer {
  const header = Buffer.alloc(240);
  header.writeUInt8(op, 0);
  return Buffer.concat([header, Buffer.from([...options.flat(), END])]);
}

/** The options area as it lies in the packet, padding cut off. */
const area = (bytes: Buffer | undefined) => {
  const options = [...(bytes?.subarray(240) ?? [])];
  return options.slice(0, options.lastIndexOf(END) + 1);
};

describe('towards the server', () => {
  it('takes away what says iPXE, and puts its circuit last', () => {
    const request = packet(1, [53, 1, 1], USER_CLASS, [0], IPXE, [60, 2, 65, 66]);
    const forwarded = forwardToServer(request, '10.99.0.254', true);
    expect(area(forwarded)).toEqual([53, 1, 1, 60, 2, 65, 66, ...CIRCUIT, END]);
    expect([...forwarded.subarray(24, 28)]).toEqual([10, 99, 0, 254]);
    expect(forwarded[3]).toBe(1);
    expect(forwarded.length).toBe(300);
  });

  it('leaves it where it is not asked to', () => {
    const forwarded = forwardToServer(packet(1, [53, 1, 1], USER_CLASS), '10.99.0.254', false);
    expect(area(forwarded)).toEqual([53, 1, 1, ...USER_CLASS, ...CIRCUIT, END]);
  });
});

describe('towards the machine', () => {
  it('takes its own option out again', () => {
    expect(area(forwardToMachine(packet(2, [53, 1, 5], CIRCUIT)))).toEqual([53, 1, 5, END]);
  });

  it.each([
    ['is not echoed', packet(2, [53, 1, 5])],
    ['is not the last', packet(2, CIRCUIT, [53, 1, 5])],
    ['came back changed', packet(2, [53, 1, 5], [82, 3, 1, 1, 65])],
  ])('drops an answer in which it %s', (_how, answer) => {
    expect(forwardToMachine(answer)).toBeUndefined();
  });
});

it('knows requests, answers and what is neither', () => {
  expect([packet(1), packet(2), Buffer.alloc(10)].map(isRequest)).toEqual([true, false, undefined]);
  expect([packet(2, [53, 1, 5]), packet(2, [53, 1, 2])].map(isAck)).toEqual([true, false]);
});
