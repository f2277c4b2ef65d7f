import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ip } from '../support/dhcp-packets.ts';
import { type DhcpTalker, fixtureFrom, startDhcpTalker } from '../support/dhcp-talk.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { createSmallDisk, reasonAgainstSmallDisks, type SmallDisk } from '../support/small-disk.ts';
import { startWireClient, type WireClient } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces() ?? reasonAgainstSmallDisks();

const MIB = 1024 * 1024;
/** Room for the log of the database, and as much again. */
const DISK_BYTES = 64 * MIB;
const RESERVE_BYTES = 4 * MIB;
const SERVER = '10.67.0.1';
const WEB001 = { name: 'web001', mac: '52:54:00:00:00:11', ip: '10.67.0.20' };
const REFUSAL = {
  status: 503,
  body: { code: 'storage', detail: 'the disk is full: nothing of this was kept' },
};
const NOT_KEPT = expect.stringMatching(/kept for a start on a full disk .* are not there; make room/);
const BIG = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`v${at}`, 'x'.repeat(4000)]));

describe.skipIf(reason !== undefined)(
  `a service that starts on a full disk${reason === undefined ? '' : ` (${reason})`}`,
  { timeout: 60_000 },
  () => {
    let spaces: Namespaces;
    let disk: SmallDisk;
    let server: RunningProvisiond;
    let client: DhcpTalker;
    let web001: WireClient;
    let lastXid = 0;

    beforeAll(async () => {
      spaces = createNamespaces('safety', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
      spaces.ip('server', 'address', 'add', `${SERVER}/24`, 'dev', 'lan0');
      spaces.ip('client', 'address', 'add', `${WEB001.ip}/24`, 'dev', 'eth0');
      spaces.ip('client', 'route', 'add', 'default', 'dev', 'eth0');
      disk = await createSmallDisk(spaces, 'server', DISK_BYTES);
      await start();
      await declareProfile(server);
      await server.must('POST', '/api/v1/subnets', {
        name: 'near',
        network: '10.67.0.0/24',
        dhcp: 'authoritative',
        leaseSeconds: 7200,
      });
      await declareMachine(server, WEB001.name, WEB001.mac, WEB001.ip);
      client = startDhcpTalker(spaces, 'client');
      web001 = startWireClient(spaces, 'client', WEB001.ip, SERVER);
      expect(reserveBytes()).toBe(RESERVE_BYTES);
      expect(await warnings()).toEqual([]);
    }, 60_000);
    afterAll(async () => {
      await client?.end();
      await web001?.end();
      await server?.stop();
      disk?.remove();
      await spaces?.remove();
    });
    showLogOnFailure(() => server);

    const start = async () => {
      const config = { dhcp: { probe: false }, log: { level: 'warn' } };
      server = await startProvisiond(spaces, 'server', { disk, config });
    };
    const reserveBytes = () => {
      const path = join(disk.outside, 'provision.reserve');
      return existsSync(path) ? statSync(path).size : 0;
    };
    const warnings = async (): Promise<string[]> => (await server.must('GET', '/api/v1/status')).warnings;
    const say = async (kind: 'discover' | 'request') => {
      lastXid += 1;
      const wanted = ip(WEB001.ip).toString(16).padStart(8, '0');
      const changes: Record<number, string> = kind === 'discover' ? {} : { 50: wanted, 54: '0a430001' };
      client.say(fixtureFrom(`f02-ovmf-pxe-${kind}`, WEB001.mac, lastXid, changes));
      const { packet } = await client.answer(lastXid, SERVER);
      return { type: packet.options.get(53)?.[0], yiaddr: packet.yiaddr };
    };
    /** Changes a record until the disk refuses. */
    const useUp = async () => {
      for (let count = 0; ; count += 1) {
        const edit = { settings: { vars: { ...BIG, count: String(count) } } };
        const said = await server.api('PATCH', '/api/v1/profiles/debian-13', edit);
        if (said.status !== 200) return said;
      }
    };
    const expectAnswers = async () => {
      expect(await server.api('GET', '/api/v1/systems/web001')).toMatchObject({ status: 200 });
      expect(await say('discover')).toEqual({ type: 2, yiaddr: ip(WEB001.ip) });
      expect(await say('request')).toEqual({ type: 5, yiaddr: ip(WEB001.ip) });
      expect(await web001.tftp('undionly.kpxe')).toBe('DATA');
      expect(await web001.http(`/boot/ipxe/${WEB001.mac}`)).toMatchObject({ status: 200 });
    };

    it('starts by the room that was kept for it, says so, and answers', async () => {
      await server.stop();
      disk.fill();
      await start();
      expect(reserveBytes()).toBe(0);
      expect(await warnings()).toEqual([NOT_KEPT]);
      const { items } = await server.must('GET', '/api/v1/doctor');
      expect(items).toContainEqual(
        expect.objectContaining({ name: 'noticed', next: expect.stringContaining('make room') }),
      );
      await expectAnswers();
    });

    it('refuses changes when that is used up, and goes on answering', async () => {
      disk.fill();
      expect(await useUp()).toMatchObject(REFUSAL);
      await expectAnswers();
    });

    it('starts again after a clean stop, though the disk was filled anew', async () => {
      await server.stop();
      disk.fill();
      await start();
      await expectAnswers();
      disk.fill();
      expect(await useUp()).toMatchObject(REFUSAL);
    });

    it('starts after kill -9', async () => {
      process.kill(server.pid, 'SIGKILL');
      await expect(server.stop()).rejects.toThrow('SIGKILL');
      disk.fill();
      await start();
      expect(await useUp()).toMatchObject(REFUSAL);
      await expectAnswers();
    });

    it('keeps room for the next time as soon as there is some', async () => {
      disk.clear();
      expect(await server.api('PATCH', '/api/v1/systems/web001', { comment: 'there is room' })).toMatchObject(
        {
          status: 200,
        },
      );
      await server.stop();
      expect(reserveBytes()).toBe(RESERVE_BYTES);
      await start();
      expect(await warnings()).toEqual([]);
      expect(await server.must('GET', '/api/v1/systems/web001')).toMatchObject({ comment: 'there is room' });
    });

    it('says why it cannot start where no room was kept', async () => {
      await server.stop();
      rmSync(join(disk.outside, 'provision.reserve'));
      disk.fill();
      await expect(start()).rejects.toThrow(/the disk is full: .*cannot be opened\n *make room/);
      disk.clear();
      await start();
    });
  },
);
