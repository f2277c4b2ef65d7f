import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { declareMachine, declareProfile } from './machine-records.ts';
import { createNamespaces } from './namespaces.ts';
import { type RunningProvisiond, startProvisiond } from './running-provisiond.ts';
import { startWireClient, type WireClient } from './wire-client.ts';

/** Lies in the data folder, beside the database. */
export const SECRET = 'not for machines\n';

/** A service and three machines that speak to it byte by byte, so that no client tidies up what they ask for. */
export interface HostileWorld {
  readonly server: RunningProvisiond;
  /** 10.67.0.11, 52:54:00:00:00:11 */
  readonly web001: WireClient;
  /** 10.67.0.12, 52:54:00:00:00:12 */
  readonly web002: WireClient;
  /** 10.67.0.99, without a record. */
  readonly stranger: WireClient;
  remove(): Promise<void>;
}

/** The service at 10.67.0.1, with a distro whose tree has links that lead outside. */
export async function createHostileWorld(prefix: string): Promise<HostileWorld> {
  const spaces = createNamespaces(prefix, ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
  spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
  const connect = (address: string) => {
    spaces.ip('client', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    return startWireClient(spaces, 'client', address, '10.67.0.1');
  };
  try {
    const server = await startProvisiond(spaces, 'server');
    await declareRecords(server, makeTree(server.dataDir));
    const clients = {
      web001: connect('10.67.0.11'),
      web002: connect('10.67.0.12'),
      stranger: connect('10.67.0.99'),
    };
    const remove = async () => {
      await Promise.all(Object.values(clients).map((client) => client.end()));
      await server.stop().finally(() => spaces.remove());
    };
    return { server, ...clients, remove };
  } catch (error) {
    await spaces.remove();
    throw error;
  }
}

function makeTree(dataDir: string): string {
  const tree = join(dataDir, 'distros/tree');
  writeFileSync(join(dataDir, 'secret.txt'), SECRET);
  mkdirSync(join(tree, 'pool'), { recursive: true });
  writeFileSync(join(tree, 'pool/a.deb'), 'a package\n');
  symlinkSync('/etc', join(tree, 'etc'));
  symlinkSync('../../secret.txt', join(tree, 'inside.txt'));
  symlinkSync('pool/a.deb', join(tree, 'a.deb'));
  return tree;
}

async function declareRecords(server: RunningProvisiond, tree: string): Promise<void> {
  await declareProfile(server, { tree });
  const subnet = { name: 'near', network: '10.67.0.0/24', dhcp: 'authoritative' };
  await server.must('POST', '/api/v1/subnets', subnet);
  await declareMachine(server, 'web001', '52:54:00:00:00:11', '10.67.0.11');
  await declareMachine(server, 'web002', '52:54:00:00:00:12', '10.67.0.12');
}
