import { type DhcpPacket, decodePacket } from '../../src/dhcp/packet.ts';
import { macFromBytes, parseMac } from '../../src/domain/network/mac.ts';
import { dhcpService } from '../../src/services/dhcp/dhcp.ts';
import { ip, readPacketFixture } from './dhcp-packets.ts';
import { addRecord, bodies, openServiceWorld, type ServiceWorld } from './service-world.ts';

/** The service at 10.99.0.1 with the subnets of the packet fixtures, and what it answers to them. */
export interface PxeWorld extends ServiceWorld {
  /** Declares the machine that sends this fixture: name `m`, address 10.99.0.20. */
  declare(fixture: string, change?: object): Promise<void>;
  /** Arms it. */
  arm(): Promise<void>;
  /** The reply to a fixture, as its sender reads it; undefined is silence. */
  answerTo(fixture: string): Promise<DhcpPacket | undefined>;
}

const SERVER = ip('10.99.0.1');
const RECEPTION = { interfaceName: 'lan0', serverAddresses: [{ address: SERVER, prefix: 24 }] };

export async function openPxeWorld(): Promise<PxeWorld> {
  const world = await openServiceWorld();
  const { distro, profile, subnet } = bodies(world);
  await addRecord(world, 'distros', distro);
  await addRecord(world, 'profiles', profile);
  await addRecord(world, 'subnets', subnet);
  const ranges = [{ from: '10.20.0.100', to: '10.20.0.199' }];
  const far = { name: 'far', network: '10.20.0.0/24', gateway: '10.20.0.254', dhcp: 'authoritative', ranges };
  await addRecord(world, 'subnets', far);
  const { events, installs } = world.services;
  const service = dhcpService(world.deps, events, installs, { httpPort: 80, ownAddresses: () => [SERVER] });
  return Object.assign(world, {
    async declare(fixture: string, change: object = {}) {
      const mac = parseMac(macFromBytes(readPacketFixture(fixture).subarray(28, 34)));
      const interfaces = [{ mac, ip: '10.99.0.20' }];
      await addRecord(world, 'systems', { name: 'm', profile: 'debian-13', interfaces, ...change });
    },
    async arm() {
      const { status, body } = await world.call('POST', '/api/v1/systems/m/install', {});
      if (status !== 201) throw new Error(JSON.stringify(body));
    },
    async answerTo(fixture: string) {
      const answer = await service.handle(readPacketFixture(fixture), RECEPTION);
      return answer === undefined ? undefined : decodePacket(answer.bytes);
    },
  });
}

/** What a reply says about booting, in text; `no reply`, or undefined for what it leaves out. */
export function bootFieldsOf(reply: DhcpPacket | undefined): Record<string, string | undefined> {
  if (reply === undefined) return { reply: 'none' };
  const text = (code: number) => reply.options.get(code)?.toString('latin1');
  const fields = {
    file: reply.file,
    sname: reply.sname,
    60: text(60),
    66: text(66),
    67: text(67),
    43: reply.options.get(43)?.toString('hex'),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}
