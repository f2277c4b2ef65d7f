import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MESSAGE_TYPE, OPTION } from '../../../src/dhcp/codes.ts';
import { decodePacket, encodePacket } from '../../../src/dhcp/packet.ts';
import { type Ipv4, ipv4ToBytes, NO_ADDRESS } from '../../../src/domain/network/ipv4.ts';
import { dhcpService } from '../../../src/services/dhcp/dhcp.ts';
import { ip, packetOf } from '../../support/dhcp-packets.ts';
import { addRecord, addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { leaseWrite, macOf } from '../../support/store-records.ts';

const SERVER = ip('10.99.0.5');
const OLD = ip('10.99.0.11');

let world: ServiceWorld;
/** The type of the answer to a message of web001's machine, or undefined. */
let send: (type: number, ciaddr: Ipv4, requested?: Ipv4) => Promise<number | undefined>;

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  const settings = { httpPort: 80, ownAddresses: () => [SERVER] };
  const service = dhcpService(world.deps, world.services.events, world.services.installs, settings);
  const reception = { interfaceName: 'lan0', serverAddresses: [{ address: SERVER, prefix: 24 }] };
  send = async (type, ciaddr, requested) => {
    const options = new Map<number, Buffer>([
      [OPTION.messageType, Buffer.from([type])],
      [OPTION.serverId, ipv4ToBytes(SERVER)],
    ]);
    if (requested !== undefined) options.set(OPTION.requestedIp, ipv4ToBytes(requested));
    const answer = await service.handle(encodePacket(packetOf({ ciaddr, options })), reception);
    return answer === undefined ? undefined : decodePacket(answer.bytes).options.get(OPTION.messageType)?.[0];
  };
  // The machine has its address; then the record gets another one, and the old one goes to another system.
  await world.store.dhcp.commitLease({ ...leaseWrite(1, '10.99.0.11'), reserved: true });
  await world.call('PATCH', '/api/v1/systems/web001', { interfaces: [{ mac: macOf(1), ip: '10.99.0.12' }] });
  const interfaces = [{ mac: macOf(2), ip: '10.99.0.11' }];
  await addRecord(world, 'systems', { name: 'web002', profile: 'debian-13', interfaces });
});
afterEach(() => world.dispose());

describe('a machine whose address was given to another system', () => {
  it.each([
    { what: 'RELEASE', type: MESSAGE_TYPE.release, ciaddr: OLD, requested: undefined },
    { what: 'DECLINE', type: MESSAGE_TYPE.decline, ciaddr: NO_ADDRESS, requested: OLD },
  ])('gets no answer to a $what, and takes nothing away', async ({ type, ciaddr, requested }) => {
    expect(await send(type, ciaddr, requested)).toBeUndefined();
    expect(world.store.dhcp.findHolder(OLD, world.nowMs)).toMatchObject({ label: 'system web002' });
  });

  it('is told to let it go when it renews', async () => {
    expect(await send(MESSAGE_TYPE.request, OLD)).toBe(MESSAGE_TYPE.nak);
  });

  it('gets its new address when it asks again', async () => {
    expect(await send(MESSAGE_TYPE.discover, NO_ADDRESS)).toBe(MESSAGE_TYPE.offer);
    expect(await send(MESSAGE_TYPE.request, NO_ADDRESS, ip('10.99.0.12'))).toBe(MESSAGE_TYPE.ack);
  });
});
