import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_CORE, pinToFirstCore } from './http-load.ts';
import { type BenchNetwork, type BenchServer, openBenchNetwork } from './network.ts';
import { unpackPeers } from './peer-packages.ts';
import { temporaryFolder, worldTemplate } from './world.ts';

/** A server on 127.0.0.1 port 80 of a namespace, on a core of its own, and where it has what. */
export interface HttpServer {
  readonly network: BenchNetwork;
  readonly server: BenchServer;
  /** Paths of the large file (as large as an initrd) and of the small one. */
  readonly paths: { readonly large: string; readonly small: string };
  stop(): Promise<void>;
}

/** Ours, with one machine at 127.0.0.1 that has a record. */
export interface OurHttpServer extends HttpServer {
  readonly call: Awaited<ReturnType<BenchNetwork['startOurs']>>['call'];
  readonly script: string;
}

const LARGE_BYTES = 60_000_000;
const SMALL_BYTES = 4096;
const MAC = '52:54:00:fe:00:01';
/** A hash that fits nothing. */
const NO_PASSWORD = `$6$saltsalt$${'x'.repeat(86)}`;

export async function startOurHttp(config: object = {}): Promise<OurHttpServer> {
  const dataDir = mkdtempSync(join(temporaryFolder(), 'server-'));
  cpSync(await worldTemplate(0), dataDir, { recursive: true });
  const tree = join(dataDir, 'distros/tree');
  mkdirSync(tree, { recursive: true });
  makeFiles(tree);
  const network = openBenchNetwork();
  try {
    const server = await network.startOurs(dataDir, config);
    await pinToFirstCore(network, server);
    const must = async (method: string, path: string, body: object): Promise<void> => {
      const answer = await server.call(method, `/api/v1/${path}`, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    };
    const files = { kernel: join(tree, 'small'), initrd: join(tree, 'large'), tree };
    await must('PATCH', 'distros/debian-13', files);
    const settings = { rootPasswordHash: NO_PASSWORD, vars: { mirror_host: 'mirror.example' } };
    await must('PATCH', 'profiles/debian-13', { settings });
    await must('POST', 'subnets', { name: 'loop', network: '127.0.0.0/8' });
    const interfaces = [{ mac: MAC, ip: '127.0.0.1' }];
    await must('POST', 'systems', { name: 'measured', profile: 'debian-13', interfaces });
    return {
      network,
      server,
      call: server.call,
      paths: { large: '/trees/debian-13/large', small: '/trees/debian-13/small' },
      script: `/boot/ipxe/${MAC}`,
      stop: () => server.stop().finally(() => network.close()),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** Arms the machine and gives the path of its install's files: `/i/<token>`. */
export async function armMeasured({ call, network, script }: OurHttpServer): Promise<string> {
  const answer = await call('POST', '/api/v1/systems/measured/install', { attempts: 10 });
  if (answer.status !== 201) throw new Error(`not armed: ${JSON.stringify(answer.body)}`);
  const { stdout } = await network.spaces.run('server', ['curl', '-sS', `http://127.0.0.1${script}`]);
  const path = /\/i\/[\w-]+/.exec(stdout)?.[0];
  if (path === undefined) throw new Error(`no install in the script: ${stdout}`);
  return path;
}

/** nginx as Debian has it, with sendfile, one worker, and no log. */
export async function startNginx(): Promise<HttpServer> {
  const folder = mkdtempSync(join(temporaryFolder(), 'nginx-'));
  makeFiles(folder);
  const config = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const lines = [
    'daemon off;',
    'user root;',
    'worker_processes 1;',
    `pid ${folder}/pid;`,
    'error_log stderr;',
    'events { worker_connections 4096; }',
    'http {',
    '  access_log off;',
    '  sendfile on;',
    '  tcp_nopush on;',
    '  keepalive_requests 100000000;',
    ...temporary.map((name) => `  ${name}_temp_path ${folder}/${name};`),
    `  server { listen 127.0.0.1:80; root ${folder}; }`,
    '}',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const packages = await unpackPeers('nginx');
  const network = openBenchNetwork();
  try {
    const command = [...FIRST_CORE, ...packages.command('nginx', '-c', config)];
    const server = await network.startPeer(command, { port: 80, protocol: 'tcp' });
    return {
      network,
      server,
      paths: { large: '/large', small: '/small' },
      stop: () => server.stop().finally(() => network.close()),
    };
  } catch (error) {
    await network.close();
    throw error;
  }
}

function makeFiles(folder: string): void {
  writeFileSync(join(folder, 'large'), randomBytes(LARGE_BYTES));
  writeFileSync(join(folder, 'small'), randomBytes(SMALL_BYTES));
}
