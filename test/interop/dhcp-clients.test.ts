import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDhcpPrograms, type DhcpPrograms } from '../support/dhcp-programs.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const missing = ['busybox', 'dhclient', 'perfdhcp', 'dnsmasq', 'tcpdump'].filter((name) => !haveProgram(name));
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

interface Lease {
  readonly ip: string;
  readonly mac: string;
  readonly hostname: string | null;
  readonly system: string | null;
}

/**
 * server: lan0 10.67.0.1/24 (subnet `near`), lan1 10.67.1.1/24 (subnet `silent`, DHCP off), lan2 10.67.2.1/24 (no
 * subnet). client and relay are on lan0; the relay joins 10.68.0.0/24 (subnet `far`), where `distant` lives.
 */
describe.skipIf(reason !== undefined)(`real DHCP clients${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let server: RunningProvisiond | undefined;
  let programs: DhcpPrograms;
  const provisiond = () => {
    if (server === undefined) throw new Error('provisiond does not run');
    return server;
  };
  const leases = async (): Promise<Lease[]> => (await provisiond().must('GET', '/api/v1/leases')).items;
  const leaseOf = async (mac: string) => (await leases()).find((lease) => lease.mac === mac);
  const macOf = (namespace: string): string =>
    JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'))[0].address;
  const messages = async (system: string) =>
    (await provisiond().must('GET', `/api/v1/systems/${system}/timeline`)).items.map(
      ({ stage }: { stage: string }) => stage,
    );

  beforeAll(async () => {
    spaces = createNamespaces(
      'wire-dhcp',
      ['server', 'switch', 'client', 'reserved', 'relay', 'distant', 'quiet', 'undeclared'],
      [
        { ends: ['server:lan0', 'switch:p0'] },
        { ends: ['switch:p1', 'client:eth0'] },
        { ends: ['switch:p2', 'reserved:eth0'] },
        { ends: ['switch:p3', 'relay:up0'] },
        { ends: ['relay:down0', 'distant:eth0'] },
        { ends: ['server:lan1', 'quiet:eth0'] },
        { ends: ['server:lan2', 'undeclared:eth0'] },
      ],
    );
    spaces.ip('switch', 'link', 'add', 'br0', 'type', 'bridge');
    spaces.ip('switch', 'link', 'set', 'br0', 'up');
    for (const port of ['p0', 'p1', 'p2', 'p3']) spaces.ip('switch', 'link', 'set', port, 'master', 'br0');
    spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
    spaces.ip('server', 'address', 'add', '10.67.1.1/24', 'dev', 'lan1');
    spaces.ip('server', 'address', 'add', '10.67.2.1/24', 'dev', 'lan2');
    spaces.ip('server', 'route', 'add', '10.68.0.0/16', 'via', '10.67.0.2');
    spaces.ip('relay', 'address', 'add', '10.67.0.2/24', 'dev', 'up0');
    spaces.ip('relay', 'address', 'add', '10.68.0.1/24', 'dev', 'down0');
    await spaces.run('relay', ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']);
    programs = createDhcpPrograms(spaces);
    server = await startProvisiond(spaces, 'server');
    const subnet = (name: string, network: string, more: object = {}) =>
      provisiond().must('POST', '/api/v1/subnets', { name, network, dhcp: 'authoritative', ...more });
    await subnet('near', '10.67.0.0/24', { ranges: [{ from: '10.67.0.100', to: '10.67.0.199' }] });
    await subnet('silent', '10.67.1.0/24', {
      dhcp: 'off',
      ranges: [{ from: '10.67.1.100', to: '10.67.1.199' }],
    });
    await subnet('far', '10.68.0.0/24', {
      gateway: '10.68.0.1',
      ranges: [{ from: '10.68.0.100', to: '10.68.0.199' }],
    });
    await subnet('load', '10.68.8.0/21', { ranges: [{ from: '10.68.8.2', to: '10.68.15.254' }] });
    await addMachine('web001', macOf('reserved'), '10.67.0.11');
  });
  afterAll(async () => {
    await server?.stop();
    await spaces?.remove();
    programs?.remove();
  });
  showLogOnFailure(() => server);

  async function addMachine(name: string, mac: string, ip: string) {
    const { dataDir } = provisiond();
    const { writeFileSync } = await import('node:fs');
    for (const file of ['kernel', 'initrd']) writeFileSync(`${dataDir}/distros/${file}`, `${file}\n`);
    const [kernel, initrd] = [`${dataDir}/distros/kernel`, `${dataDir}/distros/initrd`];
    await provisiond().must('POST', '/api/v1/distros', {
      name: 'debian-13',
      family: 'debian',
      version: '13',
      kernel,
      initrd,
    });
    await provisiond().must('POST', '/api/v1/profiles', { name: 'debian-13', distro: 'debian-13' });
    const interfaces = [{ name: 'eth0', mac, ip }];
    await provisiond().must('POST', '/api/v1/systems', { name, profile: 'debian-13', interfaces });
  }

  describe('udhcpc', () => {
    it('gets the address that is reserved for its MAC', async () => {
      const { stderr } = await programs.udhcpc('reserved');
      expect(stderr).toContain('lease of 10.67.0.11 obtained from 10.67.0.1');
      expect(await leaseOf(macOf('reserved'))).toMatchObject({ ip: '10.67.0.11', system: 'web001' });
    });

    it('without a record gets a dynamic address, and the same one again', async () => {
      const first = await programs.udhcpc('client');
      const [, ip = ''] = /lease of (10\.67\.0\.1\d\d) obtained/.exec(first.stderr) ?? [];
      expect(await leaseOf(macOf('client'))).toMatchObject({ ip, system: null });
      expect((await programs.udhcpc('client')).stderr).toContain(`lease of ${ip} obtained`);
    });

    it('gives its lease back', async () => {
      const { stderr } = await programs.udhcpc('client', ['-R']);
      expect(stderr).toContain('sending release');
      // Answered after the release was worked on: it came by the same socket, and commits keep their order.
      await programs.udhcpc('reserved');
      expect(await leaseOf(macOf('client'))).toBeUndefined();
    });
  });
});
