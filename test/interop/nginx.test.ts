import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackPeers } from '../bench/peer-packages.ts';
import { listenTo, type Talker } from '../support/dhcp-programs.ts';
import { hasCommand } from '../support/has-command.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { must } from '../support/must.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const MAC = '52:54:00:00:00:11';
const SCRIPT = 'http://10.68.0.1/boot/ipxe/52-54-00-00-00-11';

/** nginx is unpacked and not installed: an installation would start it. */
function reasonAgainstUnpacking(): string | undefined {
  if (!hasCommand('apt-get')) return 'packages come from apt';
  try {
    execFileSync('apt-cache', ['show', 'nginx'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'apt knows no package nginx';
  }
}

const reason = reasonAgainstNamespaces() ?? reasonAgainstUnpacking();

describe.skipIf(reason !== undefined)(`nginx in front${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces | undefined;
  let running: RunningProvisiond | undefined;
  let nginx: Talker | undefined;
  let folder = '';
  const server = () => must(running, 'a running service');
  showLogOnFailure(() => running);

  beforeAll(async () => {
    spaces = createNamespaces('http-ngx', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
    spaces.ip('server', 'address', 'add', '10.68.0.1/24', 'dev', 'lan0');
    // The service looks whether the address is in use by another machine than that of the record.
    spaces.ip('client', 'link', 'set', 'eth0', 'address', MAC);
    for (const address of ['10.68.0.11', '10.68.0.12'])
      spaces.ip('client', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    folder = mkdtempSync(join(tmpdir(), 'provision-nginx-'));
    running = await startProvisiond(spaces, 'server', {
      config: {
        boot: { listen: '127.0.0.1', port: 8081, publicPort: 80, proxies: ['127.0.0.1'] },
        // The folder that the shipped file names is put there below.
        files: { accel: [`${join(folder, 'distros')}=/accel/distros`] },
      },
    });
    const distros = join(running.dataDir, 'distros');
    execFileSync('ln', ['-s', distros, join(folder, 'distros')]);
    nginx = await startNginx(spaces, folder, distros);
    await declareProfile(running);
    await running.must('POST', '/api/v1/subnets', { name: 'near', network: '10.68.0.0/24' });
    await declareMachine(running, 'web001', MAC, '10.68.0.11');
    await running.must('POST', '/api/v1/systems/web001/install', {});
  });
  afterAll(async () => {
    // By its own way, since its worker would outlive it.
    await nginx?.end();
    await running?.stop();
    await spaces?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const curl = async (from: string, ...args: string[]): Promise<string> => {
    const command = ['curl', '-sS', '-i', '--interface', from, ...args];
    return (await must(spaces, 'namespaces').run('client', command)).stdout;
  };
  const kernelUrl = async (): Promise<string> => {
    const script = await curl('10.68.0.11', SCRIPT);
    return must(/http:\/\/10\.68\.0\.1\/i\/[\w-]+\/kernel/.exec(script)?.[0], 'the URL of the kernel');
  };

  it('a machine gets its script with the address that it came by', async () => {
    expect(await kernelUrl()).toContain('http://10.68.0.1/i/');
  });

  it('another machine does not, whatever it says of itself', async () => {
    expect(await curl('10.68.0.12', SCRIPT)).toMatch(/^HTTP\/1\.1 403 /);
    const lie = ['--header', 'X-Forwarded-For: 10.68.0.11'];
    expect(await curl('10.68.0.12', ...lie, SCRIPT)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await curl('10.68.0.12', ...lie, await kernelUrl())).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('the kernel comes from nginx, whole and in part, and the timeline tells so', async () => {
    const url = await kernelUrl();
    const whole = await curl('10.68.0.11', url);
    expect(whole).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nthe kernel\n$/);
    expect(whole).toMatch(/\nLast-Modified: /);
    expect(whole).not.toMatch(/accel/i);
    expect(await curl('10.68.0.11', '--range', '4-9', url)).toMatch(/^HTTP\/1\.1 206 [\s\S]*\r\n\r\nkernel$/);
    expect(await curl('10.68.0.11', '--head', url)).toMatch(/\nContent-Length: 11\r\n/);
    const { items } = await server().must('GET', '/api/v1/systems/web001/timeline?limit=1000');
    expect(items).toContainEqual(
      expect.objectContaining({ stage: 'kernel', message: 'handed to the proxy, which sends it' }),
    );
    expect((await server().must('GET', '/api/v1/systems/web001')).install).toMatchObject({
      state: 'loading',
    });
  });

  it('nobody gets at the files without provisiond', async () => {
    for (const path of ['/accel/distros/kernel', '/accel/distros/', '/accel/distros../provision.db'])
      expect(await curl('10.68.0.11', '--path-as-is', `http://10.68.0.1${path}`)).toMatch(/^HTTP\/1\.1 404 /);
  });
});

/** nginx with the shipped files, only its folders are others. */
async function startNginx(spaces: Namespaces, folder: string, distros: string): Promise<Talker> {
  const shipped = (name: string) =>
    readFileSync(new URL(`../../deploy/nginx/${name}`, import.meta.url), 'utf8');
  const site = shipped('provision.conf').replaceAll('/var/lib/provision/distros', distros);
  writeFileSync(join(folder, 'provision.conf'), site);
  const whole = shipped('nginx.conf').replaceAll(' /tmp/', ` ${folder}/`);
  writeFileSync(join(folder, 'nginx.conf'), whole.replace('error_log stderr', 'error_log stderr notice'));
  const packages = await unpackPeers('nginx');
  const command = packages.command('nginx', '-c', join(folder, 'nginx.conf'));
  const nginx = listenTo(spaces.spawn('server', command));
  await nginx.says(/start worker process /);
  return nginx;
}
