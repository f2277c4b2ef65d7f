import { type DhcpPacket, decodePacket, encodePacket } from '../../src/dhcp/packet.ts';
import { macFromBytes, macToBytes, parseMac } from '../../src/domain/network/mac.ts';
import { builtProgram } from './build.ts';
import type { DatagramCommand, DatagramEvent } from './datagram-probe.ts';
import { options, readPacketFixture } from './dhcp-packets.ts';
import { type LineProcess, speakLines } from './line-process.ts';
import { must } from './must.ts';
import type { Namespaces } from './namespaces.ts';

/** A reply as it came: the packet, from whom, and to which port of the client. */
export interface HeardReply {
  readonly packet: DhcpPacket;
  readonly from: string;
  readonly fromPort: number;
  readonly local: number;
}

/** A client whose every packet the test makes. */
export interface DhcpTalker {
  /** Sends from `local` (default 68) to 255.255.255.255:67, or to whom the test says. */
  say(packet: DhcpPacket, to?: Partial<Omit<DatagramCommand, 'hex'>>): void;
  /** Everything that answered this transaction so far. */
  heard(xid: number): readonly HeardReply[];
  /** The first answer to this transaction from `from`, past or future. */
  answer(xid: number, from: string): Promise<HeardReply>;
  end(): Promise<void>;
}

export function startDhcpTalker(spaces: Namespaces, namespace: string): DhcpTalker {
  const child = spaces.spawn(namespace, [process.execPath, builtProgram('test/support/datagram-probe.ts')]);
  const lines: LineProcess<DatagramEvent> = speakLines(child);
  const read = ({ hex, from, port, local }: DatagramEvent): HeardReply => ({
    packet: decodePacket(Buffer.from(hex, 'hex')),
    from,
    fromPort: port,
    local,
  });
  return {
    say: (packet, to = {}) =>
      lines.send({
        local: 68,
        to: '255.255.255.255',
        port: 67,
        ...to,
        hex: encodePacket(packet, 1472).toString('hex'),
      }),
    heard: (xid) => lines.events.map(read).filter(({ packet }) => packet.xid === xid),
    answer: async (xid, from) =>
      read(
        await lines.find(
          (event): event is DatagramEvent => event.from === from && read(event).packet.xid === xid,
        ),
      ),
    end: async () => {
      child.stdin?.end();
      await lines.ended();
    },
  };
}

/** A fixture as another machine would send it: its MAC, a transaction id, options changed or added, fields changed. */
export function fixtureFrom(
  name: string,
  mac: string,
  xid: number,
  changes: Readonly<Record<number, string>> = {},
  fields: Partial<DhcpPacket> = {},
): DhcpPacket {
  const packet = decodePacket(readPacketFixture(name));
  const chaddr = Buffer.alloc(16);
  macToBytes(must(parseMac(mac), mac)).copy(chaddr);
  return { ...packet, xid, chaddr, ...fields, options: new Map([...packet.options, ...options(changes)]) };
}

/** The MAC of a packet's client. */
export const macIn = (packet: DhcpPacket): string => macFromBytes(packet.chaddr);
