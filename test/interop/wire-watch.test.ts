import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDhcpPrograms, type DhcpPrograms, listenTo, type Talker } from '../support/dhcp-programs.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { must } from '../support/must.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const missing = ['busybox', 'dnsmasq', 'tcpdump'].filter((name) => !haveProgram(name));
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

const RANGE = { from: '10.67.0.100', to: '10.67.0.109' };

/**
 * One wire: server 10.67.0.1, which gives addresses; other 10.67.0.2 with dnsmasq, which does so as well; squatter,
 * which uses 10.67.0.103 of the range and 10.67.0.11, which is web001's.
 */
describe.skipIf(reason !== undefined)(`what else is on the wire${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let programs: DhcpPrograms;
  let server: RunningProvisiond | undefined;
  let dnsmasq: Talker | undefined;
  let wire: Talker | undefined;
  const provisiond = () => must(server, 'provisiond');
  const macOf = (namespace: string): string =>
    JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'))[0].address;
  const status = () => provisiond().must('GET', '/api/v1/status');

  beforeAll(async () => {
    spaces = createNamespaces(
      'wire-watch',
      ['server', 'switch', 'other', 'squatter', 'client'],
      [
        { ends: ['server:lan0', 'switch:p0'] },
        { ends: ['switch:p1', 'other:eth0'] },
        { ends: ['switch:p2', 'squatter:eth0'] },
        { ends: ['switch:p3', 'client:eth0'] },
      ],
    );
    spaces.ip('switch', 'link', 'add', 'br0', 'type', 'bridge');
    spaces.ip('switch', 'link', 'set', 'br0', 'up');
    for (const port of ['p0', 'p1', 'p2', 'p3']) spaces.ip('switch', 'link', 'set', port, 'master', 'br0');
    spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
    spaces.ip('other', 'address', 'add', '10.67.0.2/24', 'dev', 'eth0');
    for (const ip of ['10.67.0.103', '10.67.0.11'])
      spaces.ip('squatter', 'address', 'add', `${ip}/24`, 'dev', 'eth0');
    programs = createDhcpPrograms(spaces);
    dnsmasq = await programs.dnsmasq('other', ['--dhcp-range=10.67.0.200,10.67.0.209,1h']);
    wire = listenTo(
      spaces.spawn('switch', ['tcpdump', '-i', 'p0', '-nel', '--immediate-mode', 'udp port 67']),
    );
    await wire.says(/listening on p0/);
    server = await startProvisiond(spaces, 'server');
    await provisiond().must('POST', '/api/v1/subnets', {
      name: 'lab',
      network: '10.67.0.0/24',
      dhcp: 'authoritative',
      ranges: [RANGE],
    });
    await declareProfile(provisiond());
    await declareMachine(provisiond(), 'web001', macOf('client'), '10.67.0.11');
  });
  afterAll(async () => {
    await wire?.end();
    await dnsmasq?.end();
    await server?.stop().finally(async () => {
      programs.remove();
      await spaces.remove();
    });
  });
  showLogOnFailure(() => server);

  it('finds the other DHCP server, and says what to do', async () => {
    const told = await provisiond().logs((line) => line['stage'] === 'other-dhcp-server');
    expect(told).toMatchObject({
      level: 40,
      msg: expect.stringContaining('10.67.0.2 is another DHCP server'),
    });
    const { otherDhcpServers, warnings } = await status();
    expect(otherDhcpServers).toEqual([
      expect.objectContaining({ address: '10.67.0.2', subnet: 'lab', interface: 'lan0', expected: false }),
    ]);
    const warning = warnings.find((text: string) => text.includes('10.67.0.2'));
    expect(warning).toContain('provision subnet edit lab --dhcp shared');
    expect((await provisiond().provision('status')).stderr).toContain(`warning: ${warning}`);
  });

  it('was offered an address for that, answered nobody and took nothing', async () => {
    await must(dnsmasq, 'dnsmasq').says(/DHCPOFFER\(eth0\) 10\.67\.0\.20\d 02:/);
    expect(must(dnsmasq, 'dnsmasq').said()).not.toMatch(/DHCPREQUEST|DHCPACK/);
    expect((await provisiond().must('GET', '/api/v1/leases')).items).toEqual([]);
    // Of all that passed the server's port, only dnsmasq's offers are replies.
    expect(must(wire, 'a capture').said()).not.toMatch(/10\.67\.0\.1\.67 > \S+\.68/);
  });

  it('finds an address of the range in use, and gives it to nobody', async () => {
    const told = await provisiond().logs((line) => line['stage'] === 'address-in-use');
    expect(told).toMatchObject({ level: 40, mac: macOf('squatter') });
    const { addressesInUse, warnings } = await status();
    expect(addressesInUse).toEqual([
      expect.objectContaining({ ip: '10.67.0.103', mac: macOf('squatter'), subnet: 'lab' }),
    ]);
    expect(warnings).toEqual(expect.arrayContaining([expect.stringContaining('10.67.0.103 by')]));
    // Asked for by name, it is refused to another machine: NAK, and busybox goes on to another address.
    await must(dnsmasq, 'dnsmasq').end();
    const asked = await programs.udhcpc('other', ['-r', '10.67.0.103']);
    expect(asked.stderr).toMatch(/lease of 10\.67\.0\.10\d obtained from 10\.67\.0\.1/);
    expect(asked.stderr).not.toContain('lease of 10.67.0.103');
  });

  it('does not arm a machine whose address another one uses, unless it is told to', async () => {
    const refused = await provisiond().provision('system', 'install', 'web001');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(`10.67.0.11 is used by ${macOf('squatter')}`);
    expect(refused.stderr).toContain('--allow-address-in-use');
    const armed = await provisiond().provision('system', 'install', 'web001', '--allow-address-in-use');
    expect(armed.code).toBe(0);
    const { items } = await provisiond().must('GET', '/api/v1/systems/web001/timeline');
    expect(items).toEqual(
      expect.arrayContaining([expect.objectContaining({ stage: 'address-in-use', outcome: 'warning' })]),
    );
  });

  it('arms a machine that has its own address', async () => {
    await provisiond().must('POST', '/api/v1/systems/web001/cancel', {});
    spaces.ip('squatter', 'address', 'del', '10.67.0.11/24', 'dev', 'eth0');
    spaces.ip('client', 'address', 'add', '10.67.0.11/24', 'dev', 'eth0');
    expect((await provisiond().provision('system', 'install', 'web001')).code).toBe(0);
  });
});
