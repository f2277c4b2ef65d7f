import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decodePong, decodeRmcp, encodePing } from '../../src/ipmi/rmcp.ts';

const run = promisify(execFile);

export const SIM_ADDRESS = '127.0.0.1';
export const SIM_USER = 'admin';
export const SIM_PASSWORD = 'Sim-secret-9';

interface IpmiSimOptions {
  /** Lines of its command file beside the management controller: records, FRU, events. */
  readonly commands?: readonly string[];
  /** Further lines of its configuration, such as SOL. */
  readonly config?: readonly string[];
}

/** OpenIPMI's ipmi_sim: a BMC that is a stranger. It knows cipher suite 3 and the password types of IPMI 1.5. */
export interface IpmiSim {
  readonly port: number;
  /** What was set at the chassis, in its order: `power 1`, `boot pxe`. */
  chassisLog(): Promise<readonly string[]>;
  /** One command of ipmitool at it, with cipher suite 3. */
  ipmitool(...command: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startIpmiSim(options: IpmiSimOptions = {}): Promise<IpmiSim> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-ipmi-'));
  const port = await freePort();
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'chassis.sh'), CHASSIS_SCRIPT, { mode: 0o755 });
  await writeFile(join(folder, 'lan.conf'), lanConfig(folder, port, options));
  await writeFile(join(folder, 'bmc.emu'), [...CONTROLLER, ...(options.commands ?? []), ''].join('\n'));
  const child = spawn('ipmi_sim', ['-n', '-c', 'lan.conf', '-f', 'bmc.emu', '-s', 'state'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await answers(child, port);
  return {
    port,
    chassisLog: async () =>
      (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    ipmitool: async (...command) => {
      const at = ['-I', 'lanplus', '-C', '3', '-H', SIM_ADDRESS, '-p', String(port), '-U', SIM_USER, '-E'];
      const env = { ...process.env, IPMI_PASSWORD: SIM_PASSWORD };
      return (await run('ipmitool', [...at, ...command], { env })).stdout;
    },
    stop: async () => {
      if (child.exitCode === null) {
        child.kill();
        await once(child, 'exit');
      }
      await rm(folder, { recursive: true });
    },
  };
}

/** Asks by RMCP ping until it answers; rejects with what it said where it ends before. */
async function answers(child: ChildProcess, port: number): Promise<void> {
  const socket = createSocket('udp4');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
  const timer = setInterval(() => socket.send(encodePing(7), port, SIM_ADDRESS), 20);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ipmi_sim ended with ${code}: ${said}`)));
      socket.on('message', (bytes) => {
        const pong = decodePong(decodeRmcp(bytes).body);
        if (pong.tag === 7 && pong.ipmi) resolve();
      });
    });
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, SIM_ADDRESS);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** One management controller with event log, records and inventory. */
const CONTROLLER = [
  'mc_setbmc 0x20',
  'mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x2a2 0xf02 persist_sdr',
  'sel_enable 0x20 1000 0x0a',
  'mc_enable 0x20',
];

function lanConfig(folder: string, port: number, { config = [] }: IpmiSimOptions): string {
  return `name "machine"
set_working_mc 0x20
  startlan 1
    addr ${SIM_ADDRESS} ${port}
    priv_limit admin
    allowed_auths_user md5
    allowed_auths_operator md5
    allowed_auths_admin md5
    guid 00112233445566778899aabbccddeeff
  endlan
  chassis_control "${join(folder, 'chassis.sh')}"
  ${config.join('\n  ')}
  user 2 true "${SIM_USER}" "${SIM_PASSWORD}" admin 10 md5
  user 3 true "reader" "${SIM_PASSWORD}" user 10 md5
`;
}

/** Keeps the chassis in files: ipmi_sim calls it with `get power boot`, `set power 1`. */
const CHASSIS_SCRIPT = `#!/bin/sh
cd "\${0%/*}" || exit 1
verb=$1
shift
while [ $# -gt 0 ]; do
  if [ "$verb" = get ]; then
    echo "$1:$(cat "$1" 2>/dev/null || echo 0)"
    shift
  else
    echo "$2" > "$1"
    echo "$1 $2" >> log
    shift 2
  fi
done
`;
