import { expect, it } from 'vitest';
import { describeClient } from '../../src/dhcp/client.ts';
import { MESSAGE_TYPE, OPTION } from '../../src/dhcp/codes.ts';
import { decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { ip, packetOf } from './dhcp-packets.ts';
import { macOfPacket, pxePackets, readPxeReply } from './pxe-machines.ts';

const MAC = 0x52_54_00_12_34_56;
const reception = { interfaceName: 'lan0', serverAddress: ip('10.0.0.1'), localNetworks: [] };

it('asks as PXE firmware does, from its own link and behind a relay', () => {
  const alone = decodePacket(pxePackets().discover(MAC, 7));
  expect(alone).toMatchObject({ xid: 7, flags: 0x8000, giaddr: 0, hops: 0 });
  expect([...alone.options.keys()].sort((a, b) => a - b)).toEqual([53, 55, 57, 60, 93, 94, 97]);
  expect(describeClient(alone, reception)).toMatchObject({
    mac: '52:54:00:12:34:56',
    messageType: 'discover',
    isPxe: true,
    archCodes: [7],
  });
  const relayed = decodePacket(pxePackets(ip('10.0.0.2')).discover(MAC, 7));
  expect(relayed).toMatchObject({ flags: 0, giaddr: ip('10.0.0.2'), hops: 1 });
});

it('gives each machine an identifier of its own (RFC 4578 §2.3)', () => {
  const packets = pxePackets();
  const ids = [MAC, MAC + 1].map((mac) =>
    decodePacket(packets.discover(mac, 1)).options.get(OPTION.machineUuid),
  );
  expect(ids[0]).toHaveLength(17);
  expect(ids[0]).not.toEqual(ids[1]);
});

it('takes what was offered, from whom it was offered', () => {
  const reply = { address: ip('10.0.0.9'), serverId: ip('10.0.0.1') };
  const packet = decodePacket(pxePackets().request(MAC, 7, reply));
  expect(describeClient(packet, reception)).toMatchObject({
    messageType: 'request',
    requestedIp: reply.address,
    serverId: reply.serverId,
  });
});

it('reads a reply of the service, and only a reply', () => {
  const request = decodePacket(pxePackets().discover(MAC, 7));
  const options = new Map([
    [OPTION.messageType, Buffer.from([MESSAGE_TYPE.offer])],
    [OPTION.serverId, Buffer.from([10, 0, 0, 1])],
  ]);
  const bytes = encodePacket(packetOf({ ...request, op: 2, yiaddr: ip('10.0.0.9'), options }));
  expect(readPxeReply(bytes)).toEqual({
    xid: 7,
    type: 'offer',
    address: ip('10.0.0.9'),
    serverId: ip('10.0.0.1'),
  });
  expect(macOfPacket(bytes)).toBe(MAC);
  expect(readPxeReply(encodePacket(request))).toBeUndefined();
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => readPxeReply(bytes.subarray(0, length))).not.toThrow();
});
