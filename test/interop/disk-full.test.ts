import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import { PROVISION_COMMAND } from '../support/build.ts';
import { ip } from '../support/dhcp-packets.ts';
import { type DhcpTalker, fixtureFrom, startDhcpTalker } from '../support/dhcp-talk.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { createSmallDisk, reasonAgainstSmallDisks, type SmallDisk } from '../support/small-disk.ts';
import { startWireClient, type WireClient } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces() ?? reasonAgainstSmallDisks();

/** The log of the database cannot be made ahead: with the disk, there is no room for a single commit. */
const TIGHT_BYTES = 24 * 1024 * 1024;
const REFUSAL = { code: 'storage', detail: 'the disk is full: nothing of this was kept' };
const SERVER = '10.67.0.1';
const WEB001 = { name: 'web001', mac: '52:54:00:00:00:11', ip: '10.67.0.20' };
const WEB002 = { name: 'web002', mac: '52:54:00:00:00:12', ip: '10.67.0.21' };
const WEB003 = { name: 'web003', mac: '52:54:00:00:00:13', ip: '10.67.0.22' };
const WEB004 = ['web004', '52:54:00:00:00:14', '10.67.0.23'] as const;
const MACHINES = [WEB001, WEB002, WEB003] as const;
/** Have no record. */
const HOLDER_MAC = '52:54:00:00:00:91';
const NEWCOMER_MAC = '52:54:00:00:00:92';

describe.skipIf(reason !== undefined)(
  `a disk that is full, in earnest${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let spaces: Namespaces;
    let disk: SmallDisk;
    let server: RunningProvisiond;
    let client: DhcpTalker;
    let web001: WireClient;
    let web002: WireClient;
    let web003: WireClient;
    let heldIp = '';
    let token = '';
    let answerPath = '';
    let lastXid = 100;

    beforeAll(async () => {
      spaces = createNamespaces('safety', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
      spaces.ip('server', 'address', 'add', `${SERVER}/24`, 'dev', 'lan0');
      for (const { ip } of MACHINES) spaces.ip('client', 'address', 'add', `${ip}/24`, 'dev', 'eth0');
      spaces.ip('client', 'route', 'add', 'default', 'dev', 'eth0');
      disk = await createSmallDisk(spaces, 'server', TIGHT_BYTES);
      server = await startProvisiond(spaces, 'server', { disk, config: { dhcp: { probe: false } } });
      await declareProfile(server);
      await server.must('POST', '/api/v1/subnets', {
        name: 'near',
        network: '10.67.0.0/24',
        dhcp: 'authoritative',
        leaseSeconds: 7200,
        ranges: [{ from: '10.67.0.100', to: '10.67.0.109' }],
      });
      client = startDhcpTalker(spaces, 'client');
      const connect = async ({ name, mac, ip }: (typeof MACHINES)[number]): Promise<WireClient> => {
        await declareMachine(server, name, mac, ip);
        return startWireClient(spaces, 'client', ip, SERVER);
      };
      [web001, web002, web003] = [await connect(WEB001), await connect(WEB002), await connect(WEB003)];
      for (const name of ['web002', 'web003'])
        await server.must('POST', `/api/v1/systems/${name}/install`, { allowAddressInUse: true });
      const script = await web002.http(`/boot/ipxe/${WEB002.mac}`);
      const [install = ''] = /\/i\/[^/]+/.exec(script.body) ?? [];
      answerPath = `${install}/answer`;
      for (const file of ['kernel', 'initrd', 'answer'])
        expect(await web002.http(`${install}/${file}`)).toMatchObject({ status: 200 });
      ({ token } = await server.must('POST', '/api/v1/tokens', { name: 'reader', role: 'viewer' }));
      heldIp = formatIpv4((await say('discover', HOLDER_MAC)).yiaddr);
      expect(await say('request', HOLDER_MAC, heldIp)).toMatchObject({ seconds: 7200 });
      disk.fill();
    });
    afterAll(async () => {
      for (const one of [client, web001, web002, web003]) await one?.end();
      await server?.stop();
      disk?.remove();
      await spaces?.remove();
    });
    showLogOnFailure(() => server);

    const send = (kind: 'discover' | 'request', mac: string, address?: string): number => {
      lastXid += 1;
      const changes: Record<number, string> =
        address === undefined ? {} : { 50: ip(address).toString(16).padStart(8, '0'), 54: '0a430001' };
      client.say(fixtureFrom(`f02-ovmf-pxe-${kind}`, mac, lastXid, changes));
      return lastXid;
    };
    const say = async (kind: 'discover' | 'request', mac: string, address?: string) => {
      const { packet } = await client.answer(send(kind, mac, address), SERVER);
      const type = packet.options.get(53)?.[0];
      return { type, yiaddr: packet.yiaddr, seconds: packet.options.get(51)?.readUInt32BE() };
    };
    const addSystem = (name: string, mac: string, ip: string) =>
      server.api('POST', '/api/v1/systems', { name, profile: 'debian-13', interfaces: [{ mac, ip }] });

    it('refuses a change with what to do next, and keeps nothing of it', async () => {
      expect(await addSystem(...WEB004)).toMatchObject({ status: 503, body: REFUSAL });
      expect(await server.api('GET', '/api/v1/systems/web004')).toMatchObject({ status: 404 });
      expect(await server.api('DELETE', '/api/v1/systems/web001')).toMatchObject({ status: 503 });
      const said = await server.provision('system', 'lock', 'web001', '--reason', 'because');
      expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining(REFUSAL.detail) });
      expect(said.stderr).toContain('make room where the data folder is');
    });

    it('answers whoever reads, though the use of his token cannot be noted', async () => {
      const args = ['--server', 'http://127.0.0.1:8080', 'system', 'show', 'web001', '--json'];
      const env = { PATH: process.env['PATH'] ?? '', PROVISION_TOKEN: token };
      const read = await spaces.run('server', [
        'env',
        '-i',
        ...Object.entries(env).map((pair) => pair.join('=')),
        process.execPath,
        PROVISION_COMMAND,
        ...args,
      ]);
      expect(read).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(read.stdout)).toMatchObject({ name: 'web001' });
    });

    it('does not show what has to be on the audit trail', async () => {
      expect(await server.api('GET', '/api/v1/systems/web002/log')).toMatchObject({
        status: 503,
        body: { detail: expect.stringContaining('the disk is full') },
      });
    });

    it('gives machines with a record their address', async () => {
      expect(await say('discover', WEB001.mac)).toMatchObject({ type: 2, yiaddr: ip(WEB001.ip) });
      expect(await say('request', WEB001.mac, WEB001.ip)).toMatchObject({ type: 5, seconds: 7200 });
    });

    it('confirms a lease for the time that is on the disk, and promises no more', async () => {
      const { type, yiaddr, seconds } = await say('request', HOLDER_MAC, heldIp);
      expect({ type, yiaddr }).toEqual({ type: 5, yiaddr: ip(heldIp) });
      expect(seconds).toBeLessThan(7200);
      expect(seconds).toBeGreaterThan(6000);
    });

    it('promises nothing to a newcomer, and says so', async () => {
      const { yiaddr } = await say('discover', NEWCOMER_MAC);
      const xid = send('request', NEWCOMER_MAC, formatIpv4(yiaddr));
      const line = await server.logs(({ msg }) => msg.startsWith('DHCP packet not answered'));
      expect(line).toMatchObject({ level: 50, err: { message: expect.stringContaining('disk is full') } });
      // What came after it was answered.
      await say('request', WEB001.mac, WEB001.ip);
      expect(client.heard(xid)).toEqual([]);
      expect((await server.must('GET', '/api/v1/leases')).items).not.toContainEqual(
        expect.objectContaining({ mac: NEWCOMER_MAC }),
      );
    });

    it('serves boot loaders, boot scripts, and the files of an install that has begun', async () => {
      expect(await web001.tftp('undionly.kpxe')).toBe('DATA');
      expect(await web001.http(`/boot/ipxe/${WEB001.mac}`)).toMatchObject({ status: 200 });
      expect(await web002.http(answerPath)).toMatchObject({ status: 200 });
    });

    it('begins no install whose attempt it could not count', async () => {
      expect(await web003.http(`/boot/ipxe/${WEB003.mac}`)).toMatchObject({ status: 503 });
    });

    it('the doctor says that it is full', async () => {
      const { items } = await server.must('GET', '/api/v1/doctor');
      expect(items).toContainEqual(
        expect.objectContaining({ name: 'disk', state: 'problem', what: expect.stringMatching(/^0 MiB/) }),
      );
    });

    it('goes on by itself when there is room, with everything that it had acknowledged', async () => {
      disk.clear();
      expect(await addSystem(...WEB004)).toMatchObject({ status: 201 });
      const { yiaddr } = await say('discover', NEWCOMER_MAC);
      expect(await say('request', NEWCOMER_MAC, formatIpv4(yiaddr))).toMatchObject({ seconds: 7200 });
      expect(await say('request', HOLDER_MAC, heldIp)).toMatchObject({ seconds: 7200 });
      expect(await web003.http(`/boot/ipxe/${WEB003.mac}`)).toMatchObject({ status: 200 });
      expect(await server.api('GET', '/api/v1/systems/web002/log')).toMatchObject({ status: 200 });
      const { items } = await server.must('GET', '/api/v1/systems');
      expect(items.map(({ name }: { name: string }) => name)).toEqual([
        'web001',
        'web002',
        'web003',
        'web004',
      ]);
      await server.stop();
      const copy = join(disk.inside, 'provision.db');
      copyFileSync(join(server.dataDir, 'provision.db'), copy);
      const database = new Database(copy, { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    });
  },
);
