import { afterEach, beforeEach, describe } from 'vitest';
import { createDhcpNetwork, type Responder, startResponder } from './dhcp-namespaces.ts';
import type { ResponderOptions } from './dhcp-responder.ts';
import { type Namespaces, reasonAgainstNamespaces } from './namespaces.ts';
import { haveProgram } from './real-clients.ts';

const missing = ['busybox', 'setpriv', 'tcpdump'].filter((name) => !haveProgram(name));

const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

/** Both interfaces of the server. */
export const BOTH: readonly string[] = ['lan0', 'lan1'];

/** A network made anew for every test, see createDhcpNetwork. */
export interface DhcpNetwork {
  readonly spaces: Namespaces;
  /** Starts a responder and waits until it serves what it can. */
  start(options: ResponderOptions, wrapper?: readonly string[]): Promise<Responder>;
  /** The hardware address of eth0 in a client's namespace. */
  macOf(namespace: string): string;
}

/**
 * A group of tests, each in a network of its own whose namespaces begin with `prefix`. Skipped, with the reason in
 * the group's name, where there can be no namespaces or a client is not installed.
 */
export function describeInNetwork(name: string, prefix: string, tests: (network: DhcpNetwork) => void): void {
  describe.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, () => {
    let spaces: Namespaces;
    beforeEach(() => {
      spaces = createDhcpNetwork(prefix);
    });
    afterEach(() => spaces.remove());
    tests({
      get spaces() {
        return spaces;
      },
      async start(options, wrapper = []) {
        const responder = startResponder(spaces, options, wrapper);
        await responder.started();
        return responder;
      },
      macOf(namespace) {
        const [link] = JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'));
        return link.address;
      },
    });
  });
}

/** Which clients were heard on which interface: `lan0 52:54:…`, each once. */
export async function heardOn(responder: Responder): Promise<string[]> {
  const packets = await responder.packets();
  return [...new Set(packets.map(({ interfaceName, mac }) => `${interfaceName} ${mac}`))];
}
