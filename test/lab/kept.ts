import type { LabHost } from './lab.ts';
import { BRIDGE, namespaceNames } from './network.ts';
import type { ScenarioName } from './scenarios.ts';

/** How to look at a lab that was left standing, and how to take it down by hand. */
export function describeKept(
  host: LabHost | undefined,
  prefix: string,
  { scenarios, takeDown }: { readonly scenarios: readonly ScenarioName[]; readonly takeDown: string },
): string {
  if (!host) return `the lab never came up; take away what it has made: ${takeDown}`;
  return [
    'kept as it is:',
    `  files, logs, serial output   ls -R ${host.workDir} ${host.diskDir}`,
    ...scenarios.flatMap((name) => describeScenario(host, `${prefix}-${name}`, name)),
    `  take it down                 ${takeDown}`,
  ].join('\n');
}

function describeScenario(host: LabHost, prefix: string, name: ScenarioName): string[] {
  const [server, wire] = namespaceNames(prefix);
  const site = `${host.workDir}/${name}/site`;
  const command = `node ${host.root}/dist/cli/provision.cjs --server unix:${site}/data/provision.sock`;
  return [
    `  ${name}`,
    `    the server                 ${command} status`,
    `    inside its network         ip netns exec ${server} ip address`,
    `    the wire                   ip netns exec ${wire} tcpdump -ni ${BRIDGE}`,
    `    the machine's console      socat -,raw,echo=0 UNIX-CONNECT:${site}/web001.serial.sock`,
  ];
}
