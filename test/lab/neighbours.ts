import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADDRESS, type Lab, MAC } from './lab.ts';
import { inNamespace, OTHER_SERVER_ADDRESS, RELAY_ADDRESS } from './network.ts';
import { waitFor } from './wait.ts';

/** Starts what else is on the scenario's wire: a relay, or another DHCP server. */
export async function startNeighbours(lab: Lab): Promise<void> {
  if (lab.network.wire === 'relay') await startRelay(lab);
  if (lab.network.wire === 'beside') await startOtherServer(lab);
}

async function startRelay(lab: Lab): Promise<void> {
  const { network, root } = lab;
  const program = join(root, 'dist/test/lab/plain-pxe-relay.js');
  const args = [program, RELAY_ADDRESS, network.serverAddress, lab.scenario.plainRom ?? 'never'];
  await start(lab, network.wireNamespace, process.execPath, args, 'relay', 'relaying');
}

/** dnsmasq as the site's own server: it knows the machine, gives it its address, and nothing to boot. */
async function startOtherServer(lab: Lab): Promise<void> {
  const files = ['--conf-file=/dev/null', `--dhcp-leasefile=${join(lab.workDir, 'dnsmasq.leases')}`];
  const network = ['--port=0', '--interface=lan0', '--bind-interfaces', '--no-ping'];
  const dhcp = ['--dhcp-range=10.99.0.60,10.99.0.90,1h', `--dhcp-host=${MAC},${ADDRESS}`, '--log-dhcp'];
  const router = [`--dhcp-option=3,${OTHER_SERVER_ADDRESS}`];
  const args = ['--no-daemon', '--user=root', ...files, ...network, ...dhcp, ...router];
  await start(lab, lab.network.otherNamespace, 'dnsmasq', args, 'dnsmasq', 'DHCP, IP range');
}

async function start(
  lab: Lab,
  namespace: string,
  command: string,
  args: readonly string[],
  name: string,
  ready: string,
): Promise<void> {
  const logFile = join(lab.workDir, `${name}.log`);
  await lab.processes.start(...inNamespace(namespace, command, args), { logFile });
  await waitFor({ what: `${name} to be ready`, limitMs: 20_000, everyMs: 50 }, async () =>
    (await readFile(logFile, 'utf8')).includes(ready) ? true : undefined,
  );
}
