import type { Lab } from './lab.ts';
import type { Firmware } from './machine.ts';
import { BRIDGE, namespaceNames } from './network.ts';

/** How to look at a lab that was left standing, and how to take it down by hand. */
export function describeKept(lab: Lab | undefined, prefix: string, firmware: Firmware): string {
  if (!lab) return 'nothing to keep: the lab never came up';
  const [server, wire] = namespaceNames(prefix);
  const site = `${lab.workDir}/${firmware}`;
  return [
    'kept as it is:',
    `  files, logs, serial output   ls -R ${lab.workDir} ${lab.diskDir}`,
    `  the server                   node ${lab.root}/dist/src/cli/main.js --server unix:${site}/data/provision.sock status`,
    `  inside the server's network  ip netns exec ${server} ip address`,
    `  the wire                     ip netns exec ${wire} tcpdump -ni ${BRIDGE}`,
    `  the machine's console        socat -,raw,echo=0 UNIX-CONNECT:${site}/web001.serial.sock`,
    `  take it down                 kill $(ip netns pids ${wire}; ip netns pids ${server}); ip netns del ${wire}; ip netns del ${server}; rm -r ${lab.workDir} ${lab.diskDir}`,
  ].join('\n');
}
