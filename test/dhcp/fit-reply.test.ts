import { expect, test } from 'vitest';
import { encodeFitting } from '../../src/dhcp/fit-reply.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { packetOf } from '../support/dhcp-packets.ts';

const own = (code: number, length: number, always = false) => ({
  code,
  value: Buffer.alloc(length, 1),
  always,
});

/** The options that are left of a reply with these of the site's own, in a packet of 548 bytes. */
function fitted(...ownOptions: ReturnType<typeof own>[]) {
  const options = new Map([
    [53, Buffer.of(5)],
    ...ownOptions.map(({ code, value }) => [code, value] as const),
  ]);
  const { bytes, leftOut } = encodeFitting(packetOf({ op: 2, options }), { ownOptions }, 548);
  expect(bytes.length).toBeLessThanOrEqual(548);
  return { leftOut, kept: [...decodePacket(bytes).options.keys()] };
}

test('leaves out the longest that may be, and says which', () => {
  expect(fitted(own(200, 10), own(201, 20))).toEqual({ leftOut: [], kept: [53, 200, 201] });
  expect(fitted(own(200, 150), own(201, 160))).toEqual({ leftOut: [201], kept: [53, 200] });
  expect(fitted(own(200, 150), own(201, 160, true))).toEqual({ leftOut: [200], kept: [53, 201] });
  expect(fitted(own(200, 200), own(201, 300, true))).toEqual({ leftOut: [200], kept: [53, 201] });
});

test('throws where what must be sent does not fit', () => {
  expect(() => fitted(own(200, 400, true))).toThrow(expect.objectContaining({ code: 'packet-too-long' }));
});
