import { spawnSync } from 'node:child_process';

/** Kinds of interfaces that not every kernel has a driver for, as `ip link add NAME` makes them. */
export const VLAN = 'link lo type vlan id 7';
export const BOND = 'type bond';

/** Does this kernel make them all? What it does not, a program can only be asked to read. */
export function kernelMakes(...types: readonly string[]): boolean {
  const makes = types.map((type, index) => `ip link add probe${index} ${type}`).join(' && ');
  return spawnSync('unshare', ['--net', 'sh', '-c', makes]).status === 0;
}
