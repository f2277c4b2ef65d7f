import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiConnection, connectApi } from '../support/api-connection.ts';
import { freePorts } from '../support/free-ports.ts';
import { must } from '../support/must.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { macOf } from '../support/store-records.ts';

const CLIENTS = 50;
const ROUNDS = Number(process.env['PROVISION_RACE_ROUNDS'] ?? 20);
const LIMIT_MS = 300_000;

let dataDir: string;
let service: ProvisiondProcess;
let clients: ApiConnection[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'provision-race-'));
  const [http = 0, boot = 0, tftp = 0] = await freePorts(3);
  service = await startProvisiond(dataDir, (args, env) => spawn(process.execPath, args, { env }), {
    http: { listen: `127.0.0.1:${http}` },
    boot: { listen: '127.0.0.1', port: boot },
    tftp: { listen: '127.0.0.1', port: tftp },
    syslog: { enabled: false },
  });
  mkdirSync(join(dataDir, 'distros'), { recursive: true });
  const file = join(dataDir, 'distros', 'linux');
  writeFileSync(file, 'a kernel');
  for (const [nouns, body] of [
    ['distros', { name: 'debian-13', family: 'debian', version: '13', kernel: file, initrd: file }],
    ['profiles', { name: 'debian-13', distro: 'debian-13' }],
    ['subnets', { name: 'lab', network: '10.99.0.0/24' }],
  ] as const)
    expect(await service.call('POST', `/api/v1/${nouns}`, body)).toMatchObject({ status: 201 });
  clients = Array.from({ length: CLIENTS }, () => connectApi(join(dataDir, 'provision.sock')));
});
afterAll(async () => {
  for (const client of clients ?? []) client.close();
  expect(await service?.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

/** What each rival has of its own. */
interface Wanted {
  readonly name: string;
  readonly hostname: string;
  readonly mac: string;
  readonly ip: string;
  readonly bmc: string;
}

/** What all rivals of a round want, and how a loser is told. */
const KINDS: readonly {
  what: keyof Wanted;
  kind: string;
  code: string;
  holder?: (winner: string) => string;
}[] = [
  { what: 'ip', kind: 'ip', code: 'address-taken' },
  { what: 'mac', kind: 'mac', code: 'address-taken' },
  { what: 'name', kind: 'name', code: 'name-taken' },
  { what: 'hostname', kind: 'hostname', code: 'name-taken' },
  { what: 'bmc', kind: 'ip', code: 'address-taken', holder: (winner) => `BMC of system ${winner}` },
];

it.each(KINDS)(
  `of ${CLIENTS} that want the same $what at once, one gets it and all others are told who has it, ${ROUNDS} times`,
  async ({ what, kind, code, holder = (winner) => `system ${winner}` }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const first = rival(0);
      const wanted = clients.map((_, side): Wanted => ({ ...rival(side), [what]: first[what] }));
      const answers = await Promise.all(
        clients.map((client, side) =>
          client.call('POST', '/api/v1/systems', bodyOf(must(wanted[side], 'a rival'))),
        ),
      );
      const at = answers.findIndex((answer) => answer.status === 201);
      const winner = must(wanted[at], 'a winner');
      const conflict = { kind, value: first[what], holder: holder(winner.name) };
      for (const [side, answer] of answers.entries())
        if (side !== at) expect(answer).toMatchObject({ status: 409, body: { code, conflict } });
      expect(await service.call('DELETE', `/api/v1/systems/${winner.name}`)).toMatchObject({ status: 204 });
    }
    expect((await service.call('GET', '/api/v1/systems')).body).toMatchObject({ items: [] });
  },
  LIMIT_MS,
);

function rival(side: number): Wanted {
  return {
    name: `rival-${side}`,
    hostname: `host-${side}`,
    mac: macOf(10 + side),
    ip: `10.99.0.${10 + side}`,
    bmc: `10.50.0.${10 + side}`,
  };
}

function bodyOf({ name, hostname, mac, ip, bmc }: Wanted): object {
  return { name, hostname, profile: 'debian-13', interfaces: [{ mac, ip }], bmc: { address: bmc } };
}
