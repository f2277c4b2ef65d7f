import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPLETION_SCRIPTS } from '../../../src/cli/help/completion-scripts.ts';
import { apiSystem } from '../../support/api-records.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';
import { hasCommand } from '../../support/has-command.ts';

async function complete(line: string, world: FakeWorld = {}): Promise<string[]> {
  const { stdout, code, stderr } = await runCli(['__complete', '--', ...line.split(' ')], world);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n').slice(0, -1);
}

const names = (query: string, ...found: string[]): FakeWorld => ({
  server: {
    [`GET /api/v1/${query}`]: { status: 200, body: { items: found.map((name) => apiSystem({ name })) } },
  },
});

describe('what may stand at the end of a line', () => {
  it('is a noun, a verb, a flag', async () => {
    expect(await complete('sys')).toEqual(['system']);
    expect(await complete('')).toEqual(expect.arrayContaining(['system', 'apply', 'help']));
    expect(await complete('system re')).toEqual(['rename', 'remove']);
    expect(await complete('system add web001 --bmc-p')).toEqual(
      expect.arrayContaining(['--bmc-password-stdin', '--bmc-port']),
    );
    expect(await complete('system list --se')).toEqual(['--server']);
    expect(await complete('system list --output t')).toEqual(['tsv', 'table']);
  });

  it('is a name that the server knows', async () => {
    const query = 'systems?name=we*&fields=name&limit=200';
    for (const line of ['system show we', 'power on we', 'explain we', '--json system rename we'])
      expect(await complete(line, names(query, 'web001', 'web002'))).toEqual(['web001', 'web002']);
    const profiles = names('profiles?name=*&fields=name&limit=200', 'debian-13');
    expect(await complete('system add web001 --profile ', profiles)).toEqual(['debian-13']);
  });

  it('is asked of the server that the line names', async () => {
    const world = names('systems?name=*&fields=name&limit=200', 'web001');
    const { connections } = await runCli(
      ['__complete', '--', '--server', 'unix:/x', 'system', 'show', ''],
      world,
    );
    expect(connections).toEqual([{ server: 'unix:/x', token: undefined }]);
  });

  it('are files where files are wanted, and nothing where nothing is known', async () => {
    expect(await complete('apply -f ')).toEqual([':files']);
    expect(await complete('system list --token-file x')).toEqual([':files']);
    expect(await complete('system add we')).toEqual([]);
    expect(await complete('nothing of ours ')).toEqual([]);
  });

  it('is nothing where the server does not answer, refuses, or the login cannot be read', async () => {
    const query = 'GET /api/v1/systems?name=*&fields=name&limit=200';
    expect(await complete('system show ', { server: { [query]: 'unreachable' } })).toEqual([]);
    expect(await complete('system show ', { server: { [query]: { status: 401, body: {} } } })).toEqual([]);
    const open = { '/home/ada/.config/provision/credentials.json': { text: '{}', mode: 0o644 } };
    expect(await complete('system show ', { privateFiles: open })).toEqual([]);
  });

  it('is for shells that are known', async () => {
    expect((await runCli(['completion', 'tcsh'])).stderr).toContain('there are: bash, zsh, fish');
    for (const shell of ['bash', 'zsh', 'fish'] as const)
      expect((await runCli(['completion', shell])).stdout).toBe(COMPLETION_SCRIPTS[shell]);
  });
});

/** The real shells, with a program that says what it was asked. */
describe('completion in the shells', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'completion-'));
    const program = join(folder, 'provision');
    writeFileSync(
      program,
      '#!/bin/sh\necho "$*" >>"$0.asked"\ncase "$*" in *files*) echo :files;; *) printf "web001\\nweb002\\n";; esac\n',
    );
    chmodSync(program, 0o755);
    for (const [shell, text] of Object.entries(COMPLETION_SCRIPTS))
      writeFileSync(join(folder, `rc.${shell}`), text);
    writeFileSync(join(folder, 'some-file'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const shell = (program: string, ...args: string[]) =>
    new Promise<string>((resolve, reject) => {
      const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb' };
      execFile(program, args, { env, cwd: folder }, (error, stdout, stderr) =>
        error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stdout}${stderr}`)),
      );
    });

  it.runIf(hasCommand('bash'))('bash', async () => {
    const ask = (line: string) =>
      shell(
        'bash',
        '--norc',
        '-c',
        `. ./rc.bash; COMP_WORDS=(provision ${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _provision; echo "\${COMPREPLY[*]}"; tail -n 1 provision.asked`,
      );
    expect(await ask('system show we')).toBe('web001 web002\n__complete -- system show we\n');
    expect(await ask("system show ''")).toBe('web001 web002\n__complete -- system show \n');
    expect(await ask('apply files')).toBe('\n__complete -- apply files\n');
  });

  it.runIf(hasCommand('fish'))('fish', async () => {
    const ask = (line: string) =>
      shell('fish', '--no-config', '-c', `source rc.fish; complete -C '${line}'; tail -n 1 provision.asked`);
    expect(await ask('provision system show we')).toBe('web001\nweb002\n__complete -- system show we\n');
    expect(await ask('provision apply files som')).toContain('some-file');
  });

  it.runIf(hasCommand('zsh'))('zsh', async () => {
    const stubs = `compdef() { : }; compadd() { shift; print -r -- \${(P)1} }; _files() { print files }; source ./rc.zsh;`;
    const ask = (...words: string[]) =>
      shell(
        'zsh',
        '-f',
        '-c',
        `${stubs} words=(provision ${words.join(' ')}); CURRENT=\${#words}; _provision; tail -n 1 provision.asked`,
      );
    expect(await ask('system', 'show', 'we')).toBe('web001 web002\n__complete -- system show we\n');
    expect(await ask('system', 'show', "''")).toBe('web001 web002\n__complete -- system show \n');
    expect(await ask('apply', 'files')).toBe('files\n__complete -- apply files\n');
  });
});
