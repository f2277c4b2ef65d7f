import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ip } from '../support/dhcp-packets.ts';
import { fixtureFrom, startDhcpTalker } from '../support/dhcp-talk.ts';
import {
  isFlushed,
  readTrace,
  reasonAgainstTraces,
  type TracedCall,
  traceCommand,
} from '../support/flush-trace.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, startProvisiond } from '../support/running-provisiond.ts';
import { startWireClient } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces() ?? reasonAgainstTraces();
const SERVER = '10.67.0.1';
const WEB001 = { mac: '52:54:00:00:00:11', ip: '10.67.0.20' };

/**
 * What the kernel saw of a whole service: between two answers, one thing was asked. Where the second promises something, the log of
 * the database was written and its flush had ended before the answer was sent.
 */
describe.skipIf(reason !== undefined)(`flushed before it is answered${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let folder: string;
  /** What was asked, and the calls until it was answered. */
  const windows = new Map<string, TracedCall[]>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'provision-trace-'));
    const file = join(folder, 'trace');
    spaces = createNamespaces('safety', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
    spaces.ip('server', 'address', 'add', `${SERVER}/24`, 'dev', 'lan0');
    spaces.ip('client', 'address', 'add', `${WEB001.ip}/24`, 'dev', 'eth0');
    spaces.ip('client', 'route', 'add', 'default', 'dev', 'eth0');
    const server = await startProvisiond(spaces, 'server', {
      config: { dhcp: { probe: false }, log: { level: 'error' } },
      runAs: { uid: 0, command: traceCommand(file) },
    });
    const asked = await askEverything(spaces, server);
    await server.stop();
    const calls = readTrace(readFileSync(file, 'utf8'));
    const answers = calls.flatMap((call, at) => (isAnswer(call) ? [at] : []));
    expect(answers).toHaveLength(asked.length);
    for (const [number, what] of asked.entries())
      windows.set(what, calls.slice((answers[number - 1] ?? -1) + 1, answers[number]));
  }, 120_000);
  afterAll(async () => {
    await spaces?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    'a system',
    'a token',
    'an edit',
    'an install',
    'a boot script of an install',
    'an answer file',
    'a report',
    'an ACK',
  ])('%s', (what) => expect(isFlushed(windows.get(what) ?? [])).toBe(true));

  it('a reading promises nothing, and waits for no disk', () => {
    const calls = windows.get('a reading') ?? [];
    expect(calls.some(({ name }) => name === 'fdatasync' || name === 'fsync')).toBe(false);
  });
});

/** An HTTP answer, or a DHCP reply to a client. */
function isAnswer({ text }: TracedCall): boolean {
  return /"HTTP\/1\.1 \d{3}/.test(text) || /sin_port=htons\(68\)/.test(text);
}

/** One thing after another, each answered before the next is asked; their names in that order. */
async function askEverything(spaces: Namespaces, server: RunningProvisiond): Promise<string[]> {
  const asked: string[] = [];
  const ask = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    asked.push(what);
    return work();
  };
  const client = startDhcpTalker(spaces, 'client');
  const web001 = startWireClient(spaces, 'client', WEB001.ip, SERVER);
  asked.push('a distro', 'a profile');
  await declareProfile(server);
  const range = { from: '10.67.0.100', to: '10.67.0.109' };
  const subnet = { name: 'near', network: '10.67.0.0/24', dhcp: 'authoritative', ranges: [range] };
  await ask('a subnet', () => server.must('POST', '/api/v1/subnets', subnet));
  await ask('a system', () => declareMachine(server, 'web001', WEB001.mac, WEB001.ip));
  await ask('a token', () => server.must('POST', '/api/v1/tokens', { name: 'ops', role: 'viewer' }));
  await ask('an edit', () => server.must('PATCH', '/api/v1/systems/web001', { comment: 'rack 1' }));
  await ask('a reading', () => server.must('GET', '/api/v1/systems/web001'));
  const order = { allowAddressInUse: true };
  await ask('an install', () => server.must('POST', '/api/v1/systems/web001/install', order));
  const script = await ask('a boot script of an install', () => web001.http(`/boot/ipxe/${WEB001.mac}`));
  const [install = ''] = /\/i\/[^/]+/.exec(script.body) ?? [];
  for (const file of ['kernel', 'initrd']) await ask(file, () => web001.http(`${install}/${file}`));
  await ask('an answer file', () => web001.http(`${install}/answer`));
  const report = await ask('a report', () => web001.http(`${install}/event/installed`));
  expect(report).toMatchObject({ status: 200 });
  const mac = '52:54:00:00:00:91';
  const talk = async (kind: 'discover' | 'request', xid: number, options: Record<number, string>) => {
    client.say(fixtureFrom(`f02-ovmf-pxe-${kind}`, mac, xid, options));
    return (await client.answer(xid, SERVER)).packet;
  };
  const { yiaddr } = await ask('an OFFER', () => talk('discover', 1, {}));
  const wanted = { 50: yiaddr.toString(16).padStart(8, '0'), 54: ip(SERVER).toString(16).padStart(8, '0') };
  await ask('an ACK', () => talk('request', 2, wanted));
  await client.end();
  await web001.end();
  return asked;
}
