import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.ts';
import { must } from '../support/must.ts';
import { type ProvisiondProcess, startProvisiond } from '../support/provisiond-process.ts';
import { macOf } from '../support/store-records.ts';

const ROUNDS = 50;
const LIMIT_MS = 90_000;

let dataDir: string;
let service: ProvisiondProcess;

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
});
afterAll(async () => {
  expect(await service?.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});

interface Wanted {
  readonly name: string;
  readonly mac: string;
  readonly ip: string;
}

/** What both rivals of a round want, and what is each one's own. */
const KINDS: readonly { what: keyof Wanted; conflict: string; code: string }[] = [
  { what: 'ip', conflict: 'ip', code: 'address-taken' },
  { what: 'mac', conflict: 'mac', code: 'address-taken' },
  { what: 'name', conflict: 'name', code: 'name-taken' },
];

it.each(KINDS)(
  `of two that want the same $what at once, one gets it and one is told who has it, ${ROUNDS} times`,
  async ({ what, conflict, code }) => {
    for (let round = 0; round < ROUNDS; round++) {
      const rival = (side: number): Wanted => ({
        name: `rival-${side}`,
        mac: macOf(10 + side),
        ip: `10.99.0.${10 + side}`,
      });
      const wanted = [rival(1), { ...rival(2), [what]: rival(1)[what] }];
      const answers = await Promise.all(
        wanted.map(({ name, mac, ip }) =>
          service.call('POST', '/api/v1/systems', {
            name,
            profile: 'debian-13',
            hostname: `h-${mac.slice(-2)}-${ip.slice(-2)}-${name}`,
            interfaces: [{ mac, ip }],
          }),
        ),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
      const winner = must(wanted[answers.findIndex((answer) => answer.status === 201)], 'a winner');
      const loser = must(
        answers.find((answer) => answer.status === 409),
        'a loser',
      );
      const holder = `system ${winner.name}`;
      expect(loser.body).toMatchObject({ code, conflict: { kind: conflict, value: winner[what], holder } });
      expect(await service.call('DELETE', `/api/v1/systems/${winner.name}`)).toMatchObject({ status: 204 });
    }
    expect((await service.call('GET', '/api/v1/systems')).body).toEqual({ items: [] });
  },
  LIMIT_MS,
);
