import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDraft } from '../../../src/cli/records/editor.ts';
import { apiSystem } from '../../support/api-records.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';

const EDIT = ['system', 'edit', 'web001'];
const bmc = {
  address: '10.50.0.1',
  driver: 'ipmi' as const,
  port: null,
  user: 'admin',
  cipherSuite: null,
  privilege: 'operator' as const,
  protocol: '2.0' as const,
  firmware: 'uefi' as const,
  vendor: null,
  model: null,
  certificate: null,
  node: null,
  command: null,
  shared: false,
  passwordSet: true,
  kgSet: false,
};
const record = apiSystem({ bmc, secretsSet: ['rootPasswordHash'], roles: ['web'] });
const PATCH = 'PATCH /api/v1/systems/web001';

function world(
  edits: FakeWorld['edits'],
  patch: NonNullable<FakeWorld['server']>[string] = { status: 200, body: record },
) {
  return {
    ...(edits === undefined ? {} : { edits }),
    stdinTty: true,
    server: { 'GET /api/v1/systems/web001': { status: 200, body: record }, [PATCH]: patch },
  };
}

const taken = { title: 'x', status: 409, code: 'address-taken', detail: '10.99.0.12 is taken: system db' };

describe('a record in the editor', () => {
  it('is YAML of what can be changed, with the revision and without secrets', async () => {
    const { drafts, stderr, requests, kept } = await runCli(EDIT, world([(text) => text]));
    expect(drafts[0]).toMatchInlineSnapshot(`
      "# system web001, revision 3. Save and leave the editor to change it; what you take out gets its default.
      # Leave it as it is, or empty, to change nothing. Secrets are not shown; those that are set stay as they are: rootPasswordHash, bmc.password.
      name: web001
      hostname: null
      profile: debian-13
      interfaces:
        - name: eth0
          mac: 52:54:00:12:34:56
          ip: 10.99.0.11
      roles:
        - web
      bmc:
        address: 10.50.0.1
        driver: ipmi
        port: null
        user: admin
        cipherSuite: null
        privilege: operator
        protocol: "2.0"
        firmware: uefi
        vendor: null
        model: null
        certificate: null
        node: null
        command: null
        shared: false
      kernelArgs: []
      loader: null
      localBoot: null
      handoff: null
      settings: {}
      dhcpOptions: []
      comment: ""
      "
    `);
    expect(stderr).toBe('nothing was changed\n');
    expect(requests.map(({ line }) => line)).toEqual(['GET /api/v1/systems/web001']);
    expect(kept.size).toBe(0);
  });

  it('is sent whole with the revision that it was made from; what was taken out gets its default', async () => {
    const edit = (text: string) => text.replace('10.99.0.11', '10.99.0.12').replace(/roles:\n.*\n/, '');
    const { requests, code, stderr, kept } = await runCli(EDIT, world([edit]));
    const patch = requests.find(({ line }) => line === PATCH);
    expect(patch?.headers['if-match']).toBe('"3"');
    expect(patch?.body).toMatchObject({ name: 'web001', roles: [], interfaces: [{ ip: '10.99.0.12' }] });
    expect(patch?.body).not.toHaveProperty('settings.rootPasswordHash');
    expect(patch?.body).not.toHaveProperty('bmc.password');
    expect({ code, stderr, kept: kept.size }).toEqual({
      code: 0,
      stderr: 'changed system web001\n',
      kept: 0,
    });
  });

  it('comes back with what is wrong on top, until it is right', async () => {
    const { drafts, code } = await runCli(
      EDIT,
      world(
        [
          (text) => text.replace('name: web001\n', 'name: web001\nname: web002\n'),
          (text) => text.replace('name: web002\n', 'colour: red\n'),
          (text) => text.replace('colour: red\n', 'comment: x\n').replace('comment: ""\n', ''),
          (text) => text.replace('10.99.0.11', '10.99.0.13'),
        ],
        [
          { status: 409, body: taken },
          { status: 200, body: record },
        ],
      ),
    );
    const heads = drafts.map((text) => text.split('\n').slice(0, 3).join('\n'));
    expect(heads[1]).toContain('# NOTHING WAS CHANGED YET:\n# error: line:4: Map keys must be unique');
    expect(heads[2]).toBe(
      '# NOTHING WAS CHANGED YET:\n# error: not valid, so nothing was changed\n#   colour: there is no such field',
    );
    expect(heads[3]).toContain('# error: 10.99.0.12 is taken: system db');
    expect(code).toBe(0);
  });

  it('that is given up keeps the text, and ends as what refused it', async () => {
    const { code, stderr, kept } = await runCli(
      EDIT,
      world([(text) => text.replace('10.99.0.11', '10.99.0.12'), (text) => text], {
        status: 409,
        body: taken,
      }),
    );
    expect(code).toBe(4);
    expect(stderr).toBe(
      'what you wrote is kept in /tmp/system-web001.yaml\nerror: 10.99.0.12 is taken: system db\n',
    );
    expect(kept.size).toBe(1);
  });

  it('is given once to a program in the place of an editor, which nobody could stop', async () => {
    const twice = (text: string) => `${text}comment: x\n`;
    const answer = await runCli(EDIT, {
      ...world([twice, twice, twice]),
      stdinTty: false,
      env: { EDITOR: 'append' },
    });
    expect({ code: answer.code, drafts: answer.drafts.length, kept: answer.kept.size }).toEqual({
      code: 1,
      drafts: 1,
      kept: 1,
    });
  });

  it('that somebody else has changed meanwhile is not written over', async () => {
    const stale = { title: 'x', status: 412, code: 'stale-revision', detail: 'somebody else has written' };
    const edit = (text: string) => text.replace('10.99.0.11', '10.99.0.12');
    const { code, kept, drafts } = await runCli(EDIT, world([edit], { status: 412, body: stale }));
    expect({ code, kept: kept.size, drafts: drafts.length }).toEqual({ code: 4, kept: 1, drafts: 1 });
  });

  it('needs a terminal or the name of an editor', async () => {
    const { code, stderr } = await runCli(EDIT);
    expect(code).toBe(2);
    expect(stderr).toContain('nothing to change: name at least one flag');
    const named = await runCli(EDIT, { ...world([() => '']), stdinTty: false, env: { EDITOR: 'ed' } });
    expect(named).toMatchObject({ code: 0, stderr: 'nothing was changed\n' });
  });
});

describe('the editor', () => {
  it('is a program with its words, without a shell, on a file for its owner only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'editor-'));
    const script = join(folder, 'ed;touch x');
    writeFileSync(join(folder, 'ed'), '#!/bin/sh\ntest "$1" = -w && cat "$2" >"$0.saw" && echo b >"$2"\n');
    chmodSync(join(folder, 'ed'), 0o700);
    const draft = await openDraft(`${folder}/ed -w`, 'a.yaml');
    expect(await draft.edit('a\n')).toBe('b\n');
    expect(statSync(draft.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(draft.path)).mode & 0o777).toBe(0o700);
    await draft.discard();
    expect(existsSync(dirname(draft.path))).toBe(false);
    const other = await openDraft(script, 'a.yaml');
    await expect(other.edit('a')).rejects.toThrow('cannot be started (ENOENT)');
    const failing = await openDraft('false', 'a.yaml');
    await expect(failing.edit('a')).rejects.toThrow(
      'the editor false ended with status 1, so nothing was changed',
    );
    await failing.discard();
    await other.discard();
    rmSync(folder, { recursive: true });
  });
});
