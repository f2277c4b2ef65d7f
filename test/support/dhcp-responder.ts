import { createInterface } from 'node:readline';
import { createDhcpInterfaces, type DhcpInterfaceStatus } from '../../server/dhcp/interfaces.ts';
import type { ReplyDestination } from '../../server/dhcp/reply.ts';
import type { DhcpHandle, DhcpLog } from '../../server/dhcp/serve.ts';
import { createDhcpSocketOpener } from '../../server/net/dhcp-socket.ts';
import { parseListenFds } from '../../server/net/handed-in-sockets.ts';
import { listInterfaces } from '../../server/net/interfaces.ts';
import { loadLibc } from '../../server/net/libc.ts';
import type { WantedInterface } from '../../server/net/socket-plan.ts';
import { ipv4FromNumber } from '../../src/domain/network/ipv4.ts';
import { cannedReply, readRequest } from './canned-dhcp.ts';

// A DHCP server of canned replies on the real sockets: started by tests inside a network namespace.
// It answers with the interface's own address + 100.

export interface ResponderOptions {
  readonly interfaces: readonly string[];
  readonly reply: 'broadcast' | 'unicast-before-arp';
  /** As if the optional package were not installed. */
  readonly withoutKoffi?: boolean;
}

/** What it writes, one JSON value a line. */
export type ResponderEvent =
  | { readonly event: 'status'; readonly id: number; readonly status: readonly DhcpInterfaceStatus[] }
  | {
      readonly event: 'packet';
      readonly interfaceName: string;
      readonly mac: string;
      readonly messageType: number;
      readonly port: number;
    }
  | { readonly event: 'log'; readonly level: string; readonly message: string };

/** What it reads, likewise, until the input ends. Each is answered with a status of the same id. */
export type ResponderCommand =
  | { readonly id: number; readonly do: 'status' }
  | { readonly id: number; readonly do: 'reconcile'; readonly interfaces: readonly string[] };

function say(event: ResponderEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const logAs = (level: string) => (_fields: object, message: string) => say({ event: 'log', level, message });
const log: DhcpLog = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') };

function createHandle(kind: ResponderOptions['reply']): DhcpHandle {
  return async (bytes, { interfaceName, serverAddresses, source }) => {
    const { mac, messageType } = readRequest(bytes);
    say({ event: 'packet', interfaceName, mac, messageType, port: source.port });
    const [server] = serverAddresses;
    if (server === undefined) return undefined;
    const offered = ipv4FromNumber(server.address + 100);
    const destination: ReplyDestination =
      kind === 'broadcast' ? { kind, port: 68 } : { kind, ip: offered, mac, port: 68 };
    return { bytes: cannedReply(bytes, server.address, offered), destination };
  };
}

function wantedOf(names: readonly string[]): readonly WantedInterface[] {
  const machine = listInterfaces();
  return names.map((name) => ({
    name,
    addresses: machine.find((found) => found.name === name)?.addresses ?? [],
  }));
}

async function main(options: ResponderOptions): Promise<void> {
  const absent = () => Promise.reject(new Error("Cannot find package 'koffi'"));
  const handedIn = parseListenFds(process.env, process.pid);
  if (!handedIn.ok) throw new Error(handedIn.reason);
  const interfaces = createDhcpInterfaces({
    opener: createDhcpSocketOpener({
      libc: await (options.withoutKoffi === true ? loadLibc(absent) : loadLibc()),
      handedIn: handedIn.sockets,
    }),
    listInterfaces,
    service: { handle: createHandle(options.reply), log },
  });
  const reconcile = (names: readonly string[]) => interfaces.reconcile(wantedOf(names));
  say({ event: 'status', id: 0, status: await reconcile(options.interfaces) });
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as ResponderCommand;
    if (command.do === 'reconcile') await reconcile(command.interfaces);
    say({ event: 'status', id: command.id, status: interfaces.status() });
  }
  // The end of the input: the test has seen enough, or died.
  await interfaces.stop();
}

await main(JSON.parse(process.argv[2] ?? '') as ResponderOptions);
