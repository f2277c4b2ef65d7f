import { describe, expect, it } from 'vitest';
import { runCli } from '../../support/fake-cli.ts';

const SHA = `${'ab'.repeat(32)}`;
const record = {
  name: 'snponly.efi',
  version: '1.0',
  source: 'package ipxe: /usr/lib/ipxe/snponly.efi',
  sha256: SHA,
  bytes: 5,
  installedBy: 'ada',
  installedAt: '2026-11-22T09:00:00.000Z',
};
const installed = { name: 'snponly.efi', state: 'installed', path: '/d/snponly.efi', sha256: SHA, bytes: 5 };
const missing = { name: 'ipxe.efi', state: 'missing', path: null, sha256: null, bytes: null, record: null };

describe('loaders list', () => {
  const body = {
    items: [
      { ...installed, record, remedy: null },
      { ...missing, remedy: 'install ipxe' },
    ],
  };
  const server = { 'GET /api/v1/loaders': { status: 200, body } };

  it('gives whole digests to a pipe', async () => {
    const result = await runCli(['loaders', 'list'], { server });
    expect(result.stdout).toBe(
      `snponly.efi\tinstalled\t1.0\tpackage ipxe: /usr/lib/ipxe/snponly.efi\t${SHA}\nipxe.efi\tmissing\t\t\t\n`,
    );
  });

  it('says on a terminal what to do about a file that has changed, and who names those that are needed', async () => {
    const changed = { ...installed, state: 'changed', record, remedy: 'install it again' };
    const items = [changed, { ...missing, remedy: 'install ipxe' }];
    const answer = { 'GET /api/v1/loaders': { status: 200, body: { items } } };
    const { stdout, stderr } = await runCli(['loaders', 'list'], { server: answer, stdoutTty: true });
    expect(stdout).toContain('abababababab\n');
    expect(stdout).toMatch(/snponly\.efi: install it again\n$/);
    expect(stderr).toContain('missing: 1; provision doctor names');
  });
});

describe('loaders install', () => {
  const done = { name: 'snponly.efi', outcome: 'installed', version: '1.0', source: 'package ipxe: /x' };
  const lacking = { name: 'ipxe.efi', outcome: 'not-found', version: null, source: null, sha256: null };
  const answer = (...items: object[]) => ({
    'POST /api/v1/loaders/install': { status: 200, body: { items } },
  });

  it('takes all there are; what no package has is no failure', async () => {
    const server = answer({ ...done, sha256: SHA, remedy: null }, { ...lacking, remedy: 'install ipxe' });
    const result = await runCli(['loaders', 'install'], { server });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain('in no package of the server: 1; provision doctor names');
    expect(result.requests[0]?.body).toEqual({});
    expect(result.stdout).toBe(`snponly.efi\tinstalled\t1.0\tpackage ipxe: /x\t${SHA}\n`);
  });

  it('fails when one that was named is not there', async () => {
    const server = answer({ ...lacking, remedy: 'install ipxe' });
    const result = await runCli(['loaders', 'install', '--only', 'ipxe.efi'], { server });
    expect(result.code).toBe(1);
    expect(result).toMatchObject({ stdout: '', stderr: 'no loader was found\nipxe.efi: install ipxe\n' });
    expect(result.requests[0]?.body).toEqual({ names: ['ipxe.efi'] });
  });

  it('sends a file of this machine as it is', async () => {
    const line = 'PUT /api/v1/loaders/ipxe.efi?file=my.efi&version=2';
    const server = { [line]: { status: 200, body: { ...installed, record, remedy: null } } };
    const argv = ['loaders', 'install', '--file', 'my.efi', '--as', 'ipxe.efi', '--version', '2'];
    const result = await runCli(argv, { server, files: { '/srv/lab/my.efi': 'bytes' } });
    expect(result).toMatchObject({ code: 0, stderr: `installed ipxe.efi: 5 bytes, SHA-256 ${SHA}\n` });
    expect(result.requests[0]?.headers['content-type']).toBe('application/octet-stream');
    expect(Buffer.from(result.requests[0]?.body as Uint8Array).toString()).toBe('bytes');
  });

  it.each([
    [['--as', 'ipxe.efi'], '--as goes with --file'],
    [['--version', '2'], '--version goes with --file'],
    [['--file', 'x'], 'missing: --as'],
    [['--file', 'x', '--as', 'y', '--only', 'z'], '--only is for packages'],
  ])('refuses %j', async (flags, words) => {
    const result = await runCli(['loaders', 'install', ...flags]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
  });
});

it('asks before it removes a loader', async () => {
  const server = { 'DELETE /api/v1/loaders/ipxe.efi': { status: 204 } };
  const terminal = { server, stdinTty: true, stdoutTty: true };
  const kept = await runCli(['loaders', 'remove', 'ipxe.efi'], { ...terminal, typed: ['n'] });
  expect(kept).toMatchObject({ code: 1, requests: [] });
  const removed = await runCli(['loaders', 'remove', 'ipxe.efi', '--yes'], terminal);
  expect(removed).toMatchObject({ code: 0, stderr: 'removed loader ipxe.efi\n' });
});
