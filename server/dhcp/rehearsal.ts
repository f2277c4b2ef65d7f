import { MESSAGE_TYPE, OP, OPTION } from '../../src/dhcp/codes.ts';
import { ipsBytes, textBytes, u8Bytes, u16Bytes } from '../../src/dhcp/options.ts';
import { encodePacket } from '../../src/dhcp/packet.ts';
import { type Ipv4, NO_ADDRESS, parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { macFromBytes } from '../../src/domain/network/mac.ts';
import { type Subnet, subnetInput } from '../../src/domain/network/subnet.ts';
import { dhcpService } from '../../src/services/dhcp/dhcp.ts';
import type { DhcpStore, MachineFacts } from '../../src/store/interfaces/dhcp-store.ts';
import type { DhcpSocket } from '../net/dhcp-socket.ts';
import type { UdpHandlers } from '../net/udp-socket.ts';
import { createClientLimits } from './client-limits.ts';
import { createDhcpListener } from './listener.ts';
import type { DhcpLog } from './serve.ts';
import { dhcpHandle } from './wiring.ts';

export interface RehearsalDeps {
  readonly nowMs: () => number;
  readonly log: DhcpLog;
  /** Between slices of some milliseconds. */
  readonly pause: () => Promise<void>;
}

/** From here on the engine has compiled what it will compile. */
const EXCHANGES = 3_000;
const AT_ONCE = 30;
const MACHINES = 200;

/** A network for documents, RFC 5737: it is on no wire, and neither is anything of this. */
const [SERVER, FIRST] = ['192.0.2.1', '192.0.2.20'].map((text) => parseIpv4(text) as Ipv4) as [Ipv4, Ipv4];

/**
 * Plays exchanges with made-up machines through a listener and a service of their own, without socket or database: code
 * that has never run is three times as slow, and the first rack that is switched on after a start is a thousand machines in
 * one instant. Resolves with the number of ACKs.
 */
export async function rehearse({ nowMs, log, pause }: RehearsalDeps): Promise<number> {
  let handlers: UdpHandlers | undefined;
  let acks = 0;
  const source = { address: NO_ADDRESS, port: 68 };
  const hear = (reply: Buffer): void => {
    if (reply[TYPE_AT] === MESSAGE_TYPE.offer) handlers?.message(requestFor(reply), source);
    else acks += 1;
  };
  const service = dhcpService(
    { store: { dhcp: madeUpStore() }, now: nowMs },
    { record: () => {} },
    { observe: () => Promise.reject(new Error('nothing is installed here')) },
    {
      httpPort: 80,
      ownAddresses: () => [SERVER],
      findAddressUser: () => undefined,
      afterwards: (work) => work(),
    },
  );
  const listener = createDhcpListener({
    interfaceName: 'rehearsal',
    serverAddresses: () => [{ address: SERVER, prefix: 24 }],
    handle: dhcpHandle(service),
    log,
    intake: { limits: createClientLimits(0), isKnown: (mac) => isKnown(mac), nowMs },
    open: async (given) => {
      handlers = given;
      return deafSocket(hear);
    },
  });
  await listener.start();
  for (let played = 0; played < EXCHANGES; played += AT_ONCE) {
    for (let n = played; n < played + AT_ONCE; n += 1) handlers?.message(discoverOf(n % MACHINES), source);
    await pause();
  }
  await listener.stop();
  return acks;
}

function deafSocket(hear: (reply: Buffer) => void): DhcpSocket {
  return {
    kind: 'device',
    notes: [],
    packet: { available: false, reason: 'a rehearsal', remedy: '' },
    udp: {
      local: { address: NO_ADDRESS, port: 67 },
      receiveBufferBytes: 0,
      send: (bytes, _to, done) => {
        hear(bytes);
        done();
      },
      close: async () => {},
    },
  };
}

/** Every second machine has a record and is to be installed; the others are strangers. */
function isKnown(mac: string): boolean {
  return Number.parseInt(mac.slice(-2), 16) % 2 === 0;
}

function madeUpStore(): DhcpStore {
  const subnet: Subnet = {
    ...subnetInput.parse({
      name: 'rehearsal',
      network: '192.0.2.0/24',
      gateway: '192.0.2.254',
      dnsServers: ['192.0.2.2'],
      dhcp: 'authoritative',
      ranges: [{ from: '192.0.2.20', to: '192.0.2.250' }],
    }),
    ...{ id: 1, revision: 1, createdAt: '', updatedAt: '' },
  };
  const machines = new Map(Array.from({ length: MACHINES }, (_, n) => [macOf(n), machineOf(n)]));
  return {
    findMachine: (key) => (isKnown(key) ? machines.get(key) : undefined),
    readMachines: async () => {},
    findMachineSeen: () => undefined,
    findLease: () => undefined,
    findHolder: () => undefined,
    subnets: () => [subnet],
    findMacOf: () => undefined,
    commitLease: async () => 'bound',
  };
}

function machineOf(n: number): MachineFacts {
  const install = { id: n, state: 'armed', attempts: 1, attemptsUsed: 0, scriptsServed: 0 } as const;
  return {
    systemId: n,
    follows: null,
    system: `machine-${n}`,
    hostname: `machine-${n}`,
    ip: (FIRST + n) as Ipv4,
    loader: 'ipxe',
    localBoot: 'exit',
    dhcpOptions: [],
    install: { ...install, expiresAtMs: Number.MAX_SAFE_INTEGER },
  };
}

/** RFC 2131 §2 figure 1; option 53 is the first behind the cookie. */
const [XID_AT, YIADDR_AT, CHADDR_AT, TYPE_AT] = [4, 16, 28, 242];

function macOf(n: number): string {
  return macFromBytes(Buffer.of(0x02, 0, 0, 0, 0, n));
}

const DISCOVER = encodeAsFirmware(MESSAGE_TYPE.discover, []);

function discoverOf(n: number): Buffer {
  const bytes = Buffer.from(DISCOVER);
  bytes.writeUInt32BE(n, XID_AT);
  bytes.set([0x02, 0, 0, 0, 0, n], CHADDR_AT);
  return bytes;
}

function requestFor(offer: Buffer): Buffer {
  const address = offer.readUInt32BE(YIADDR_AT) as Ipv4;
  const bytes = encodeAsFirmware(MESSAGE_TYPE.request, [
    [OPTION.requestedIp, ipsBytes([address])],
    [OPTION.serverId, ipsBytes([SERVER])],
  ]);
  offer.copy(bytes, XID_AT, XID_AT, XID_AT + 4);
  offer.copy(bytes, CHADDR_AT, CHADDR_AT, CHADDR_AT + 6);
  return bytes;
}

function encodeAsFirmware(type: number, more: readonly [number, Buffer][]): Buffer {
  const options = new Map<number, Buffer>([
    [OPTION.messageType, u8Bytes(type)],
    [OPTION.parameterRequestList, Buffer.from([1, 2, 3, 4, 6, 12, 15, 43, 54, 60, 66, 67, 97])],
    [OPTION.maxMessageSize, u16Bytes(1472)],
    [OPTION.vendorClass, textBytes('PXEClient:Arch:00007:UNDI:003016')],
    [OPTION.clientArch, u16Bytes(7)],
    [OPTION.clientNdi, Buffer.from([1, 3, 16])],
    [OPTION.machineUuid, Buffer.alloc(17)],
    ...more,
  ]);
  const header = { op: OP.bootRequest, htype: 1, hlen: 6, hops: 0, xid: 0, secs: 0, flags: 0x8000 };
  const addresses = { ciaddr: NO_ADDRESS, yiaddr: NO_ADDRESS, siaddr: NO_ADDRESS, giaddr: NO_ADDRESS };
  return encodePacket({ ...header, ...addresses, chaddr: Buffer.alloc(16), sname: '', file: '', options });
}
