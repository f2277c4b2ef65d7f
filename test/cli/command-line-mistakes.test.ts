import { describe, expect, it } from 'vitest';
import { usageError } from '../support/parse-line.ts';

describe('mistakes', () => {
  it.each([
    ['sytem list', "unknown command 'sytem'", 'did you mean system?'],
    ['system ad x', "unknown command 'ad'", 'did you mean add?'],
    ['system list --jsom', "unknown option '--jsom'", 'did you mean --json?'],
    ['system add w --profil p', "unknown option '--profil'", 'did you mean --profile?'],
    ['system add w', 'missing: --profile, --mac', undefined],
    ['system add w --profile p --ip auto', 'missing: --mac', undefined],
    ['system add', "missing required argument 'name'", undefined],
    [
      'system',
      'system wants one of: add, list, find, show, edit, copy, rename, remove, install, cancel, timeline, log, lock, unlock',
      undefined,
    ],
    ['system list web001', "too many arguments for 'list'. Expected 0 arguments but got 1.", undefined],
    [
      'system edit web001 --interface eth1',
      'nothing to change on interface eth1',
      'give --ip, --mac, --subnet, --client-id or --circuit-id with it, or write --interface eth1:mtu=9000',
    ],
    [
      'system add w --profile p --mac m --interface eth0 --interface eth1',
      '--interface names the boot interface twice: eth0, eth1',
      'write further ones as --interface eth1:mac=…,ip=…',
    ],
    [
      'system add w --profile p --interface name=eth0,mca=1',
      "--interface: 'mca=1' is not one of name=…, mac=…, client-id=…, circuit-id=…, remote-id=…, ip=…, subnet=…, type=…, members=…, ports=…, parent=…, vlan=…, mode=…, mtu=…, gateway=…, routes=…, addresses=…, shared=…, shared-mac=…",
      'write --interface eth1:mac=52:54:00:12:34:57,ip=10.99.0.12',
    ],
    [
      'system add w --profile p --interface mac=1,mac=2',
      "--interface: mac is given twice in 'mac=1,mac=2'",
      undefined,
    ],
    [
      'system add w --profile p --interface name=e',
      "--interface: 'name=e' has no mac=…, client-id=… or circuit-id=…",
      'one that others are made of may have none: say type=ethernet',
    ],
    [
      'system add w --profile p --mac m --set timezne=UTC',
      "there is no setting 'timezne'",
      'did you mean timezone?',
    ],
    [
      'system add w --profile p --mac m --set minDiskGb=many',
      "--set minDiskGb wants a whole number, not 'many'",
      undefined,
    ],
    [
      'system add w --profile p --mac m --set rootPasswordHash=x',
      '--set cannot set rootPasswordHash',
      'use --root-password-hash-stdin (secrets never stand on a command line)',
    ],
    ['system add w --profile p --mac m --var role', "--var wants key=value, not 'role'", undefined],
    ['system install w --expires soon', "--expires 'soon' is not a duration", 'write it like 30m, 4h or 2d'],
    ['system install w --attempts two', "--attempts wants a whole number, not 'two'", undefined],
    [
      'distro add mine --kernel /k --initrd /i',
      "family and version cannot be read from 'mine'",
      'give --family and --version',
    ],
    [
      'distro add constructor-1 --kernel /k --initrd /i',
      "family and version cannot be read from 'constructor-1'",
      'give --family and --version',
    ],
    ['distro edit d --arch arm', "--arch wants one of x86_64, aarch64, not 'arm'", undefined],
    [
      'subnet add lab --network n --range 10.0.0.1',
      "--range '10.0.0.1' is not a range",
      'write it like 10.99.0.100-10.99.0.199',
    ],
    [
      'system show ..',
      "'..' is not a name: it must be 1-64 of a-z, 0-9, dot, dash or underscore, beginning and ending with a letter or digit",
      undefined,
    ],
  ])('%s', (line, message, hint) => {
    const error = usageError(line);
    expect({ message: error.message, hint: error.hint }).toEqual({ message, hint });
  });
});
