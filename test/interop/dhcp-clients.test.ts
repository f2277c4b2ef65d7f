import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDhcpPrograms, type DhcpPrograms, type Talker } from '../support/dhcp-programs.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { must } from '../support/must.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const missing = ['busybox', 'dhclient', 'perfdhcp', 'dnsmasq', 'tcpdump'].filter(
  (name) => !haveProgram(name),
);
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

interface Lease {
  readonly ip: string;
  readonly mac: string;
  readonly hostname: string | null;
  readonly system: string | null;
  readonly expiresAt: string;
}

/** perfdhcp takes answers for this many microseconds after it has sent its last packet. */
const LATE_ANSWERS = ['-W', '3000000'];

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
  const heldPorts = async () => (await spaces.run('server', ['ss', '-Hlnu'])).stdout;

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
    await declareProfile(provisiond());
    await declareMachine(provisiond(), 'web001', macOf('reserved'), '10.67.0.11');
  });
  afterAll(async () => {
    await server?.stop();
    await spaces?.remove();
    programs?.remove();
  });
  showLogOnFailure(() => server);

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

    it('renews its lease, and gives it back', async () => {
      const client = programs.stayingUdhcpc('client');
      await client.says(/lease of [\d.]+ obtained/);
      client.child.kill('SIGUSR1');
      await client.says(/lease of [\d.]+ obtained/, 2);
      expect(client.said()).toContain('sending renew to server 10.67.0.1');
      client.child.kill('SIGUSR2');
      await client.says(/sending release|unicasting a release/);
      await client.end();
      // Answered after the release was worked on: it came by the same socket, and commits keep their order.
      await programs.udhcpc('reserved');
      expect(await leaseOf(macOf('client'))).toBeUndefined();
    });
  });

  describe('dhclient', () => {
    it('gets a lease, renews it by unicast at T1, and keeps it over a reboot', async () => {
      const client = programs.dhclient('client', { renewAfterSeconds: 2 });
      await client.says(/bound to/);
      const ip = must(await leaseOf(macOf('client')), 'a lease').ip;
      const first = must(await leaseOf(macOf('client')), 'a lease').expiresAt;
      await client.says(/bound to/, 2);
      // It goes on renewing every other second, should the first have been read after the second.
      await expect
        .poll(async () => Date.parse(must(await leaseOf(macOf('client')), 'a lease').expiresAt))
        .toBeGreaterThan(Date.parse(first));
      expect(client.said()).toMatch(/DHCPREQUEST for [\d.]+ on eth0 to 10\.67\.0\.1 port 67/);
      const renewed = must(await leaseOf(macOf('client')), 'a lease');
      expect(renewed.ip).toBe(ip);
      await client.end('SIGKILL');
      spaces.ip('client', 'address', 'flush', 'dev', 'eth0');

      const again = programs.dhclient('client');
      await again.says(/bound to/);
      await again.end('SIGKILL');
      // INIT-REBOOT: RFC 2131 §4.3.2, a REQUEST at once.
      expect(again.said()).not.toContain('DHCPDISCOVER');
      expect(again.said()).toContain(`DHCPACK of ${ip} from 10.67.0.1`);
      spaces.ip('client', 'address', 'flush', 'dev', 'eth0');
    });

    it('is told at once when it comes from another network', async () => {
      const at = '\n  renew never;\n  rebind never;\n  expire never;';
      const lease = `interface "eth0";\n  fixed-address 192.168.7.7;\n  option subnet-mask 255.255.255.0;${at}`;
      programs.writeLeases('elsewhere', `lease {\n  ${lease}\n}\n`);
      const client = programs.dhclient('client', { leases: 'elsewhere' });
      await client.says(/bound to/);
      await client.end('SIGKILL');
      expect(client.said()).toMatch(
        /DHCPREQUEST for 192\.168\.7\.7[\s\S]*DHCPNAK from 10\.67\.0\.1[\s\S]*DHCPACK of 10\.67\.0\.1/,
      );
      spaces.ip('client', 'address', 'flush', 'dev', 'eth0');
    });
  });

  describe('perfdhcp', () => {
    it('gets a lease for each of 60 clients, broadcasting on the link', async () => {
      spaces.ip('client', 'address', 'add', '10.67.0.50/24', 'dev', 'eth0');
      const options = [
        '-B',
        '-l',
        '10.67.0.50',
        '-r',
        '50',
        '-R',
        '60',
        '-n',
        '60',
        ...LATE_ANSWERS,
        '-u',
        '-b',
        'mac=00:0c:01:00:00:01',
      ];
      const report = await programs.perfdhcp('client', [...options, '255.255.255.255']);
      expect(report).toMatchObject({
        exitCode: 0,
        discover: { sent: 60, answered: 60 },
        request: { sent: 60, answered: 60 },
      });
      const given = (await leases()).filter(({ mac }) => mac.startsWith('00:0c:01:'));
      expect(new Set(given.map(({ ip }) => ip)).size).toBe(60);
      spaces.ip('client', 'address', 'flush', 'dev', 'eth0');
    });

    it('as a relay with its own giaddr gets leases of its own link', async () => {
      // On the interface towards the server: perfdhcp sends by the one that has the address.
      spaces.ip('relay', 'address', 'add', '10.68.8.1/32', 'dev', 'up0');
      const options = [
        '-l',
        '10.68.8.1',
        '-r',
        '300',
        '-R',
        '1000',
        '-n',
        '1000',
        ...LATE_ANSWERS,
        '-u',
        '-b',
        'mac=00:0c:02:00:00:01',
      ];
      const report = await programs.perfdhcp('relay', [...options, '10.67.0.1']);
      expect(report).toMatchObject({
        exitCode: 0,
        discover: { answered: 1000 },
        request: { answered: 1000 },
      });
      const given = (await leases()).filter(({ mac }) => mac.startsWith('00:0c:02:'));
      expect(new Set(given.map(({ ip }) => ip)).size).toBe(1000);
      expect(given.every(({ ip }) => /^10\.68\.(8|9|1[0-5])\./.test(ip))).toBe(true);
    });
  });

  describe('behind a real relay, on a subnet that is not the server’s own', () => {
    let relay: Talker;
    beforeAll(async () => {
      relay = await programs.relay('relay', '10.68.0.1', '10.67.0.1');
    });
    afterAll(() => relay?.end());

    it('udhcpc gets a lease of its own link', async () => {
      const { stderr } = await programs.udhcpc('distant');
      const [, ip = ''] = /lease of (10\.68\.0\.1\d\d) obtained from/.exec(stderr) ?? [];
      expect(await leaseOf(macOf('distant'))).toMatchObject({ ip });
    });

    it('dhclient renews past the relay, straight with the server', async () => {
      const client = programs.dhclient('distant', { renewAfterSeconds: 2 });
      await client.says(/bound to/, 2);
      await client.end('SIGKILL');
      expect(client.said()).toMatch(/DHCPREQUEST for 10\.68\.0\.1\d\d on eth0 to 10\.67\.0\.1 port 67/);
      expect(client.said()).not.toContain('DHCPNAK');
    });
  });

  describe('a subnet without DHCP', () => {
    it.each([
      { name: 'declared and off', namespace: 'quiet' },
      { name: 'not declared', namespace: 'undeclared' },
    ])('$name: is never answered', async ({ namespace }) => {
      const capture = await programs.capture(namespace, 'udp port 67 or udp port 68');
      const client = await programs.udhcpc(namespace);
      // Its three DISCOVERs are seen, so the capture would have shown an answer.
      await capture.says(/ > 255\.255\.255\.255\.67: BOOTP\/DHCP, Request/, 3);
      await capture.end('SIGINT');
      expect(client.code).toBe(1);
      expect(capture.said()).not.toContain('Reply');
      expect(await leaseOf(macOf(namespace))).toBeUndefined();
    });

    it('is served when it is switched on, and silent again when it is switched off, without a restart', async () => {
      const { code, stderr } = await provisiond().provision(
        'subnet',
        'edit',
        'silent',
        '--dhcp',
        'authoritative',
      );
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('changed subnet silent'),
      });
      expect((await programs.udhcpc('quiet')).stderr).toContain('obtained from 10.67.1.1');
      await provisiond().must('PATCH', '/api/v1/subnets/silent', { dhcp: 'off' });
      expect((await programs.udhcpc('quiet')).code).toBe(1);
    });

    it('the sockets close with the last subnet that is switched off, and open with the first', async () => {
      const served = async () =>
        (await provisiond().must('GET', '/api/v1/status')).listeners
          .filter(({ name }: { name: string }) => name.startsWith('dhcp'))
          .map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
      const all = async (dhcp: string) => {
        for (const name of ['near', 'far', 'load'])
          await provisiond().must('PATCH', `/api/v1/subnets/${name}`, { dhcp });
      };
      expect(await served()).toEqual(['dhcp lan0 listening', 'dhcp lan1 listening', 'dhcp lan2 listening']);
      await all('off');
      await expect.poll(served).toEqual(['dhcp off']);
      await expect.poll(() => heldPorts()).not.toContain(':67');
      await all('authoritative');
      await expect
        .poll(served)
        .toEqual(['dhcp lan0 listening', 'dhcp lan1 listening', 'dhcp lan2 listening']);
      expect((await programs.udhcpc('reserved')).stderr).toContain('lease of 10.67.0.11 obtained');
    });
  });
});
