import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import { createDhcpPrograms, type DhcpPrograms, type Talker } from '../support/dhcp-programs.ts';
import { type DhcpTalker, fixtureFrom, startDhcpTalker } from '../support/dhcp-talk.ts';
import { declareProfile } from '../support/machine-records.ts';
import { must } from '../support/must.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const missing = ['busybox', 'dnsmasq', 'curl'].filter((name) => !haveProgram(name));
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

const US = '10.67.0.1';
const THEM = '10.67.0.2';
const THEM_HEX = '0a430002';
const STRANGER = '52:54:00:99:00:99';

/** One wire: server 10.67.0.1 with a subnet in mode proxy, other 10.67.0.2 with dnsmasq, which gives addresses only. */
describe.skipIf(reason !== undefined)(`ProxyDHCP beside dnsmasq${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let programs: DhcpPrograms;
  let server: RunningProvisiond | undefined;
  let dnsmasq: Talker | undefined;
  let client: DhcpTalker | undefined;
  const provisiond = () => must(server, 'provisiond');
  const talker = () => must(client, 'a client');
  const macOf = (namespace: string): string =>
    JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'))[0].address;
  const answer = async (xid: number, from: string) => (await talker().answer(xid, from)).packet;
  const optionText = (packet: { options: ReadonlyMap<number, Buffer> }, code: number) =>
    packet.options.get(code)?.toString('latin1');

  beforeAll(async () => {
    spaces = createNamespaces(
      'wire-proxy',
      ['server', 'switch', 'other', 'client', 'plain'],
      [
        { ends: ['server:lan0', 'switch:p0'] },
        { ends: ['switch:p1', 'other:eth0'] },
        { ends: ['switch:p2', 'client:eth0'] },
        { ends: ['switch:p3', 'plain:eth0'] },
      ],
    );
    spaces.ip('switch', 'link', 'add', 'br0', 'type', 'bridge');
    spaces.ip('switch', 'link', 'set', 'br0', 'up');
    for (const port of ['p0', 'p1', 'p2', 'p3']) spaces.ip('switch', 'link', 'set', port, 'master', 'br0');
    spaces.ip('server', 'address', 'add', `${US}/24`, 'dev', 'lan0');
    spaces.ip('other', 'address', 'add', `${THEM}/24`, 'dev', 'eth0');
    // Broadcasts of a socket on 0.0.0.0 need a way out.
    spaces.ip('client', 'route', 'add', 'default', 'dev', 'eth0');
    programs = createDhcpPrograms(spaces);
    dnsmasq = await programs.dnsmasq('other', [
      '--dhcp-range=10.67.0.100,10.67.0.199,1h',
      '--dhcp-option=6,9.9.9.9',
    ]);
    server = await startProvisiond(spaces, 'server');
    await provisiond().must('POST', '/api/v1/subnets', {
      name: 'lab',
      network: '10.67.0.0/24',
      dhcp: 'proxy',
    });
    await declareProfile(provisiond());
    await provisiond().must('POST', '/api/v1/systems', {
      name: 'web001',
      profile: 'debian-13',
      interfaces: [{ mac: macOf('client') }],
    });
    await provisiond().must('POST', '/api/v1/systems/web001/install', {});
    client = startDhcpTalker(spaces, 'client');
  });
  afterAll(async () => {
    await client?.end();
    await dnsmasq?.end();
    await server?.stop().finally(async () => {
      programs.remove();
      await spaces.remove();
    });
  });
  showLogOnFailure(() => server);

  it('listens on 67 and on 4011', async () => {
    const { listeners } = await provisiond().must('GET', '/api/v1/status');
    expect(listeners).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'dhcp lan0', state: 'listening', address: 'udp 0.0.0.0:67 on lan0' }),
        expect.objectContaining({
          name: 'pxe lan0',
          state: 'listening',
          address: 'udp 0.0.0.0:4011 on lan0',
        }),
      ]),
    );
  });

  it('leaves a plain client to the other server', async () => {
    const { stderr } = await programs.udhcpc('plain');
    expect(stderr).toMatch(/lease of 10\.67\.0\.1\d\d obtained from 10\.67\.0\.2/);
  });

  it('F21: offers the file while the other server offers the address', async () => {
    talker().say(fixtureFrom('f02-ovmf-pxe-discover', macOf('client'), 1));
    const theirs = await answer(1, THEM);
    expect(formatIpv4(theirs.yiaddr)).toMatch(/^10\.67\.0\.1\d\d$/);
    expect([theirs.file, optionText(theirs, 60)]).toEqual(['', undefined]);
    const ours = await talker().answer(1, US);
    expect(ours.packet).toMatchObject({ yiaddr: 0, file: 'snponly.efi' });
    expect([optionText(ours.packet, 60), ours.fromPort, ours.local]).toEqual(['PXEClient', 67, 68]);
  });

  it('hears which address the machine takes, and serves its boot script to it', async () => {
    talker().say(fixtureFrom('f02-ovmf-pxe-discover', macOf('client'), 2));
    const wanted = (await answer(2, THEM)).options;
    const offered = (await answer(2, THEM)).yiaddr;
    expect(wanted.get(54)?.toString('hex')).toBe(THEM_HEX);
    const address = formatIpv4(offered);
    const hex = offered.toString(16).padStart(8, '0');
    talker().say(fixtureFrom('f02-ovmf-pxe-request', macOf('client'), 3, { 50: hex, 54: THEM_HEX }));
    const ack = await answer(3, THEM);
    expect([ack.yiaddr, ack.options.get(53)]).toEqual([offered, Buffer.of(5)]);
    spaces.ip('client', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    // The next exchange is answered after ours would have been.
    talker().say(fixtureFrom('f02-ovmf-pxe-discover', macOf('client'), 4));
    await answer(4, US);
    expect(
      talker()
        .heard(3)
        .map(({ from }) => from),
    ).toEqual([THEM]);
    await expect
      .poll(async () => (await provisiond().must('GET', '/api/v1/leases')).items)
      .toEqual([expect.objectContaining({ ip: address, mac: macOf('client'), system: 'web001' })]);
    const url = `http://${US}/boot/ipxe/${macOf('client').replaceAll(':', '-')}`;
    const fetched = await spaces.run('client', ['curl', '-sS', '--fail', url]);
    expect(fetched).toMatchObject({ code: 0, stdout: expect.stringContaining('#!ipxe') });
    expect(fetched.stdout).toContain('kernel');
  });

  it('F22: answers on 4011 to the address and port that asked, whichever server the machine names', async () => {
    const [{ ip }] = (await provisiond().must('GET', '/api/v1/leases')).items;
    const ciaddr = ip.split('.').reduce((sum: number, part: string) => sum * 256 + Number(part), 0);
    const asked = (xid: number, mac: string) =>
      fixtureFrom('f02-ovmf-pxe-request', mac, xid, { 54: THEM_HEX }, { ciaddr });
    const bootServer = { local: 49_152, to: US, port: 4011 };
    talker().say(asked(5, STRANGER), bootServer);
    talker().say(asked(6, macOf('client')), bootServer);
    const heard = await talker().answer(6, US);
    expect(heard).toMatchObject({
      fromPort: 4011,
      local: 49_152,
      packet: { ciaddr, yiaddr: 0, file: 'snponly.efi' },
    });
    expect(heard.packet.options.get(53)).toEqual(Buffer.of(5));
    // After a whole exchange on port 68, nothing of the earlier ones can be on its way to it.
    talker().say(fixtureFrom('f02-ovmf-pxe-discover', macOf('client'), 7));
    await answer(7, US);
    expect(talker().heard(6)).toHaveLength(1);
    expect(talker().heard(5)).toEqual([]);
  });

  it('F42: says nothing to a machine without a record, and sends one that is not armed to its disk', async () => {
    await provisiond().must('POST', '/api/v1/systems/web001/cancel', {});
    talker().say(fixtureFrom('f02-ovmf-pxe-discover', STRANGER, 8));
    talker().say(fixtureFrom('f09-ipxe-efi-discover', macOf('client'), 9));
    const ours = await answer(9, US);
    expect(ours.file).toContain(`http://${US}/boot/ipxe/`);
    await answer(8, THEM);
    expect(
      talker()
        .heard(8)
        .map(({ from }) => from),
    ).toEqual([THEM]);
  });

  it('tells it on the timeline of the machine', async () => {
    const { items } = await provisiond().must('GET', '/api/v1/systems/web001/timeline');
    const told: string[] = items.map(
      (item: { stage: string; message: string }) => `${item.stage}: ${item.message}`,
    );
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^dhcp-offer: another server gives the address; boot file snponly\.efi of 10\.\d+\.\d+\.\d+ \(/,
        ),
        expect.stringMatching(/^dhcp-ack: it asked on port 4011; boot file snponly\.efi$/),
      ]),
    );
    expect(told.filter((line) => line.startsWith('refused'))).toEqual([]);
  });
});
