import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ExplainWorld, openExplainWorld, stepOf } from '../../support/explain-world.ts';
import { addRecord, fileOf } from '../../support/service-world.ts';

let world: ExplainWorld;
beforeEach(async () => {
  world = await openExplainWorld();
});
afterEach(() => world.dispose());

const outline = async (query: Record<string, string> = {}) =>
  (await world.explain(query)).steps.map(({ name, outcome, says }) => `${name} ${outcome}: ${says}`);

describe('a machine that is armed', () => {
  it('is explained from its record to its answer file, each step with why', async () => {
    await world.arm();
    const told = await world.explain();
    expect(told).toMatchObject({
      mac: '52:54:00:00:00:01',
      system: 'web001',
      firmware: { kind: 'uefi-x64', from: 'the usual one; --arch says another' },
      isIpxe: false,
      subnet: 'lab',
      by: 'on lan0',
      isAsIfArmed: false,
      install: { state: 'armed' },
    });
    expect(told.steps.map(({ name, outcome, says }) => `${name} ${outcome}: ${says}`)).toEqual([
      'record ok: system web001, interface eth0, profile debian-13, loader ipxe (default), firmware uefi-x64 (the usual one; --arch says another)',
      'dhcp ok: 10.99.0.11; boot file snponly.efi of 10.99.0.5',
      'loader ok: snponly.efi, 8 bytes by TFTP',
      'dhcp-ipxe ok: 10.99.0.11; boot file http://10.99.0.5/boot/ipxe/52-54-00-00-00-01 of 10.99.0.5',
      'script ok: loads the installer',
      `kernel ok: ${fileOf(world, 'linux')}, 16 bytes`,
      `initrd ok: ${fileOf(world, 'initrd.gz')}, 20 bytes`,
      expect.stringMatching(/^answer-file ok: \d+ bytes, text\/plain/),
    ]);
    expect(stepOf(told, 'dhcp').why).toBe(
      '10.99.0.11 is reserved for web001; install 1, attempt 1 of 1; ipxe for x64-uefi',
    );
    expect(stepOf(told, 'kernel').text).toMatch(/url=http:\/\/10\.99\.0\.5\/i\/TOKEN\/answer/);
    expect(JSON.stringify(told)).not.toContain(world.tokens.at(-1));
  });

  it('with another firmware gets another loader, and the missing one is named', async () => {
    await world.arm();
    expect(await outline({ arch: 'arm64' })).toEqual(
      expect.arrayContaining(['loader error: snponly-arm64.efi is not there']),
    );
    expect(await outline({ arch: 'uefi-http' })).toEqual(
      expect.arrayContaining(['loader ok: snponly.efi, 8 bytes by HTTP']),
    );
  });

  it('is explained as what it was heard as last', async () => {
    await world.arm();
    await world.discover('bios', false);
    await world.services.events.flush();
    expect((await world.explain()).firmware).toMatchObject({
      kind: 'bios',
      from: expect.stringMatching(/^heard 20/),
    });
  });

  it('whose template has broken since: that is what is told, and no file', async () => {
    await world.arm();
    world.templates.set('debian-13.preseed', '{{ nothing.like.this }}');
    const answer = stepOf(await world.explain(), 'answer-file');
    expect([answer.outcome, answer.text]).toEqual(['error', null]);
    expect(answer.why).toMatch(/nothing/);
  });

  it('has the size of the kernel that lies there now', async () => {
    await world.arm();
    writeFileSync(fileOf(world, 'linux'), 'x'.repeat(99));
    expect(stepOf(await world.explain(), 'kernel').data['bytes']).toBe(99);
  });
});

describe('a machine that is not armed', () => {
  it('goes to its disk now, and as if it were armed to its installer', async () => {
    expect(await outline()).toEqual(
      expect.arrayContaining(['script ok: no installer', 'disk ok: boots from its disk']),
    );
    const supposed = await world.explain({ asIfArmed: 'true' });
    expect(supposed).toMatchObject({ isAsIfArmed: true, install: { state: 'armed' } });
    expect(stepOf(supposed, 'arm')).toMatchObject({ outcome: 'ok' });
    expect(stepOf(supposed, 'script').says).toBe('loads the installer');
    expect(stepOf(supposed, 'answer-file').text).toContain('********');
    expect((await world.store.read.systems.find('web001'))?.system.install).toBeNull();
  });

  it('could not even be armed: why, and what it would get all the same', async () => {
    world.loaderBytes.clear();
    await world.call('PATCH', '/api/v1/systems/web001', { loader: 'grub' });
    const told = await world.explain({ asIfArmed: 'true' });
    expect(stepOf(told, 'arm')).toMatchObject({
      outcome: 'warning',
      why: expect.stringContaining('grub is not there'),
    });
    expect(stepOf(told, 'loader')).toMatchObject({ outcome: 'error' });
  });

  it('with --local-boot next is left to its firmware', async () => {
    await world.call('PATCH', '/api/v1/systems/web001', { localBoot: 'next' });
    const dhcp = stepOf(await world.explain(), 'dhcp');
    expect([dhcp.says, dhcp.outcome]).toEqual(['10.99.0.11; nothing to boot', 'warning']);
    expect(dhcp.why).toMatch(/left to go on to its next boot device/);
  });
});

describe('a machine that nobody knows', () => {
  it('gets an address and nothing to boot, and the command that would add it', async () => {
    const told = await world.explain({ who: '52:54:00:99:99:99' });
    expect(told.system).toBeNull();
    expect(told.steps.map(({ name }) => name)).toEqual(['record', 'dhcp']);
    expect(stepOf(told, 'record')).toMatchObject({
      says: 'no record knows 52:54:00:99:99:99',
      hint: expect.stringContaining('provision system add NAME --profile PROFILE --mac 52:54:00:99:99:99'),
    });
    expect(stepOf(told, 'dhcp')).toMatchObject({
      says: expect.stringMatching(/^10\.99\.0\.1\d\d; nothing to boot$/),
      why: expect.stringMatching(/no system has this MAC$/),
    });
  });

  it('is refused where it makes no sense: a name, an install', async () => {
    expect((await world.call('GET', '/api/v1/explain?who=nobody')).status).toBe(404);
    expect((await world.call('GET', '/api/v1/explain?who=52:54:00:99:99:99&asIfArmed=true')).status).toBe(
      422,
    );
    expect((await world.call('GET', '/api/v1/explain?who=web001&arch=vax')).status).toBe(422);
    expect((await world.call('GET', '/api/v1/explain?who=web001&subnet=none')).status).toBe(404);
  });
});

describe('where it is plugged in', () => {
  const far = {
    name: 'far',
    network: '10.20.0.0/24',
    gateway: '10.20.0.254',
    dhcp: 'authoritative',
    ranges: [{ from: '10.20.0.100', to: '10.20.0.199' }],
  };

  it('behind a relay, by its address', async () => {
    await addRecord(world, 'subnets', far);
    const told = await world.explain({ subnet: 'far' });
    expect(told.by).toBe('by a relay, 10.20.0.254, on lan0');
    expect(stepOf(told, 'dhcp')).toMatchObject({
      says: expect.stringMatching(/^10\.20\.0\.1\d\d; boot file/),
      data: { destination: 'relay' },
    });
  });

  it('known by its port: the packet comes with that circuit, and gets files by the lease it would have', async () => {
    await addRecord(world, 'subnets', far);
    const interfaces = [{ circuitId: 'Gi1/0/3', ip: '10.20.0.20' }];
    await addRecord(world, 'systems', { name: 'web002', profile: 'debian-13', interfaces });
    const told = await world.explain({ who: 'web002' });
    expect(stepOf(told, 'dhcp').says).toMatch(/^10\.20\.0\.20; boot file snponly\.efi/);
    expect(stepOf(told, 'disk').why).toBe('no install is armed');
  });

  it('on a subnet without DHCP nobody answers, and it says so', async () => {
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'off' });
    expect(stepOf(await world.explain(), 'dhcp')).toMatchObject({
      outcome: 'error',
      says: 'no answer',
      why: 'DHCP is off for subnet 10.99.0.0/24',
    });
  });

  it('beside another server it is given no address here, and the rest', async () => {
    await world.call('PATCH', '/api/v1/subnets/lab', { dhcp: 'proxy' });
    await world.arm();
    expect(await outline()).toEqual(
      expect.arrayContaining([
        'dhcp ok: no address (another server gives it); boot file snponly.efi of 10.99.0.5',
        'script ok: loads the installer',
      ]),
    );
  });
});
