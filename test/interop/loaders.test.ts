import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDhcpPrograms, type DhcpPrograms } from '../support/dhcp-programs.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const LOADER_DIR = '/usr/lib/ipxe';
const programs = ['busybox', 'curl', 'tftp', 'atftp', 'tcpdump'];
const missing = programs.filter((name) => !haveProgram(name));
const loaderOf = (name: string): Buffer | undefined => {
  try {
    return readFileSync(join(LOADER_DIR, name));
  } catch {
    missing.push('ipxe');
    return undefined;
  }
};
const LOADERS = new Map(['undionly.kpxe', 'snponly.efi'].map((name) => [name, loaderOf(name)]));
const reason =
  reasonAgainstNamespaces() ?? (missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`);

const sha256 = (bytes: Buffer | undefined) =>
  createHash('sha256')
    .update(bytes ?? 'no file')
    .digest('hex');

/** server: lan0 10.67.0.1 and 10.67.0.3; lan1 10.67.1.1 with an MTU of 1400. One client on each. */
describe.skipIf(reason !== undefined)(`loaders from the service${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let server: RunningProvisiond | undefined;
  let dhcp: DhcpPrograms;
  let folder: string;
  const provisiond = () => {
    if (server === undefined) throw new Error('provisiond does not run');
    return server;
  };
  const macOf = (namespace: string): string =>
    JSON.parse(spaces.ip(namespace, '-json', 'link', 'show', 'dev', 'eth0'))[0].address;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'loaders-'));
    spaces = createNamespaces(
      'wire-load',
      ['server', 'client', 'narrow'],
      [{ ends: ['server:lan0', 'client:eth0'] }, { ends: ['server:lan1', 'narrow:eth0'] }],
    );
    spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
    spaces.ip('server', 'address', 'add', '10.67.0.3/24', 'dev', 'lan0');
    spaces.ip('server', 'address', 'add', '10.67.1.1/24', 'dev', 'lan1');
    spaces.ip('server', 'link', 'set', 'lan1', 'mtu', '1400');
    spaces.ip('client', 'address', 'add', '10.67.0.50/24', 'dev', 'eth0');
    spaces.ip('narrow', 'address', 'add', '10.67.1.50/24', 'dev', 'eth0');
    dhcp = createDhcpPrograms(spaces);
    server = await startProvisiond(spaces, 'server', { config: { loaders: { dirs: [LOADER_DIR] } } });
  });
  afterAll(async () => {
    await server?.stop();
    await spaces?.remove();
    dhcp?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  showLogOnFailure(() => server);

  /** Runs a client with `local` as the file that it writes; the file's hash. */
  async function fetch(command: (local: string) => readonly string[], namespace = 'client'): Promise<string> {
    const local = join(folder, 'copy');
    rmSync(local, { force: true });
    const { code, stderr } = await spaces.run(namespace, command(local));
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return sha256(readFileSync(local));
  }

  const curl =
    (url: string, ...more: readonly string[]) =>
    (local: string) => ['curl', '-sSf', '-m', '15', ...more, '-o', local, url];
  const tftpHpa = (host: string, name: string) => (local: string) => [
    ...['tftp', host, '69', '-m', 'binary', '-c', 'get', name, local],
  ];
  const atftp =
    (host: string, name: string, ...options: readonly string[]) =>
    (local: string) => [
      ...['atftp', ...options.flatMap((option) => ['--option', option]), '-g', '-r', name, '-l', local, host],
    ];

  describe.each([...LOADERS].flatMap(([name]) => ['10.67.0.1', '10.67.0.3'].map((host) => ({ name, host }))))(
    '$name from $host',
    ({ name, host }) => {
      it.each([
        { client: 'curl by TFTP', command: curl(`tftp://${host}/${name}`) },
        { client: 'curl, blksize 1468', command: curl(`tftp://${host}/${name}`, '--tftp-blksize', '1468') },
        { client: 'tftp-hpa', command: tftpHpa(host, name) },
        { client: 'atftp', command: atftp(host, name) },
        { client: 'atftp, windows', command: atftp(host, name, 'blksize 1428', 'windowsize 16') },
        { client: 'curl by HTTP', command: curl(`http://${host}/loaders/${name}`) },
      ])('is the identical file for $client', async ({ command }) => {
        expect(await fetch(command)).toBe(sha256(LOADERS.get(name)));
      });
    },
  );

  it.each(['10.67.0.1', '10.67.0.3'])('answers leave from %s when it was asked', async (host) => {
    const filter = 'ip and dst host 10.67.0.50 and (udp or tcp)';
    const capture = await dhcp.capture('client', filter);
    await fetch(curl(`tftp://${host}/undionly.kpxe`, '--tftp-blksize', '1468'));
    await fetch(curl(`http://${host}/loaders/undionly.kpxe`));
    // The end of the connection is the last that comes.
    await capture.says(/ > 10\.67\.0\.50\.\d+: Flags \[[A-Z.]*F/);
    await capture.end('SIGINT');
    const sources = [...capture.said().matchAll(/ (10\.67\.\d+\.\d+)\.\d+ > 10\.67\.0\.50\./g)].map(
      ([, source]) => source,
    );
    expect(new Set(sources)).toEqual(new Set([host]));
  });

  it('agrees to no block that the interface would send in pieces', async () => {
    const capture = await dhcp.capture('narrow', 'ip and dst host 10.67.1.50');
    const command = curl('tftp://10.67.1.1/undionly.kpxe', '--tftp-blksize', '1468');
    expect(await fetch(command, 'narrow')).toBe(sha256(LOADERS.get('undionly.kpxe')));
    // 1400 less 20 (IP), 8 (UDP) and 4 (TFTP).
    await capture.says(/UDP, length 1372\n/);
    await capture.end('SIGINT');
    expect(capture.said()).not.toMatch(/UDP, length 14\d\d|frag/);
  });

  describe('a machine that boots', () => {
    beforeAll(async () => {
      await provisiond().must('POST', '/api/v1/subnets', {
        name: 'near',
        network: '10.67.0.0/24',
        dhcp: 'authoritative',
      });
      await declareProfile(provisiond());
      await declareMachine(provisiond(), 'web001', macOf('client'), '10.67.0.50');
    });

    it('leaves each stage on its timeline, with the reasons', async () => {
      const armed = await provisiond().provision('system', 'install', 'web001');
      expect(armed).toMatchObject({ code: 0 });
      const pxe = ['-V', 'PXEClient:Arch:00007:UNDI:003016', '-x', '0x5d:0007'];
      const { stderr } = await dhcp.udhcpc('client', pxe);
      expect(stderr).toContain('lease of 10.67.0.50 obtained from 10.67.0.1');
      await fetch(curl('tftp://10.67.0.1/snponly.efi', '--tftp-blksize', '1468'));
      const script = join(folder, 'script');
      const url = `http://10.67.0.1/boot/ipxe/${macOf('client').replaceAll(':', '-')}`;
      await spaces.run('client', ['curl', '-sS', '-o', script, url]);
      expect(readFileSync(script, 'utf8')).toMatch(/^#!ipxe\n/);
      await spaces.run('client', [
        'curl',
        '-sS',
        '-o',
        '/dev/null',
        '--path-as-is',
        'tftp://10.67.0.1/..\\x%ff',
      ]);

      const { code, stdout } = await provisiond().provision('--json', 'system', 'timeline', 'web001');
      expect(code).toBe(0);
      const events: { stage: string; outcome: string; message: string }[] =
        JSON.parse(stdout).items ?? JSON.parse(stdout);
      // Rows of the install's states are written with its changes, so before what was seen of the machine.
      const told = events
        .filter(({ stage }) => stage !== 'state')
        .map(({ stage, outcome, message }) => `${stage} ${outcome}: ${message}`);
      expect(events.filter(({ stage }) => stage === 'state').map(({ message }) => message)).toEqual([
        'armed',
        'armed -> booting',
      ]);
      expect(told).toEqual([
        expect.stringMatching(/^armed ok: armed by local: 1 attempt until /),
        'dhcp-discover ok: PXE, x64-uefi, on lan0',
        'dhcp-offer ok: 10.67.0.50 (10.67.0.50 is reserved for web001); boot file snponly.efi of 10.67.0.1 (install 1, attempt 1 of 1; ipxe for x64-uefi)',
        'dhcp-request ok: PXE, x64-uefi, on lan0',
        'dhcp-ack ok: 10.67.0.50 (10.67.0.50 is reserved for web001); boot file snponly.efi',
        expect.stringMatching(
          /^tftp ok: snponly\.efi: \d+ bytes in \d+ ms \(1468-byte blocks, window 1, 0 sent again\)$/,
        ),
        'boot-script ok: told to load the installer',
        String.raw`tftp warning: asked for '..\\x\xff': refused (name-traversal)`,
      ]);
    });

    it('keeps its address for itself: another machine is refused it, with the name of the holder', async () => {
      const args = ['--profile', 'debian-13', '--mac', '52:54:00:00:00:02', '--ip', '10.67.0.50'];
      const { code, stderr, stdout } = await provisiond().provision('system', 'add', 'web002', ...args);
      expect(code).toBe(4);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/10\.67\.0\.50.*web001/);
      expect(stderr).toContain('provision system show web001');
      expect((await provisiond().api('GET', '/api/v1/systems/web002')).status).toBe(404);
    });
  });
});
