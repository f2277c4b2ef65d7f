import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MARK_VARIABLE } from '../../server/handoff/run-program.ts';
import { type HandoffWorld, LONG_MS, openHandoffWorld } from '../support/handoff-world.ts';
import { reasonAgainstNamespaces } from '../support/namespaces.ts';
import { haveProgram } from '../support/real-clients.ts';

const missing = ['ansible-playbook', 'sshd', 'ssh-keygen', 'curl'].find((name) => !haveProgram(name));
const reason = reasonAgainstNamespaces() ?? (missing && `${missing} is not installed`);

describe.skipIf(reason !== undefined)(
  `hand-off by ansible-playbook over a real sshd${reason ? ` (${reason})` : ''}`,
  () => {
    let world: HandoffWorld;
    const file = (name: string) => join(world.folder, name);

    const definitions = () => {
      const usual = { driver: 'ansible', privateKeyFile: file('client'), tries: 1, sshWaitSeconds: 60 };
      const write = {
        copy: { content: '{{ provision.name }} {{ word }}\n', dest: file('motd') },
        name: 'write motd',
      };
      const flag = { stat: { path: file('flag') }, register: 'flag' };
      const fail = { name: 'install nginx', fail: { msg: 'no mirror' }, when: 'not flag.stat.exists' };
      const long = { name: 'take long', command: `sh -c 'echo $$ > ${file('pid')}; exec sleep 600'` };
      return {
        site: {
          ...usual,
          playbook: world.playbook('site', [write]),
          checkFirst: true,
          extraVars: { word: 'hello' },
        },
        flaky: { ...usual, playbook: world.playbook('flaky', [flag, fail]) },
        long: {
          ...usual,
          playbook: world.playbook('long', [{ ...long, when: `not ('${file('flag')}' is exists)` }]),
          timeoutSeconds: 60,
        },
        short: { ...usual, playbook: world.playbook('short', [long]), timeoutSeconds: 5 },
        nobody: { ...usual, playbook: world.playbook('nobody', [write], 'databases') },
      };
    };

    beforeAll(async () => {
      world = await openHandoffWorld();
      await world.start(definitions());
    }, LONG_MS);
    afterAll(async () => {
      await world.dispose();
    });

    it('waits for an sshd that comes late, looks, configures, and leaves nothing behind', {
      timeout: LONG_MS,
    }, async () => {
      await world.bootWeb001('site');
      await world.untilRun(({ state, message }) => state === 'awaiting-ssh' && message.includes('refused'));
      expect((await world.install()).state).toBe('configuring');
      world.startSshd();
      await world.untilInstall('ready');
      const run = await world.run();
      expect(run).toMatchObject({
        state: 'done',
        failure: null,
        changed: 1,
        message: '1 task changed something',
      });
      expect(readFileSync(file('motd'), 'utf8')).toBe('web001 hello\n');
      const log = readFileSync(file(`data/handoffs/${run.id}.log`), 'utf8');
      expect(log).toMatch(/what would change[\s\S]*\+web001 hello[\s\S]*for real[\s\S]*changed: \[web001\]/);
      expect(statSync(file(`data/handoffs/${run.id}.log`)).mode & 0o777).toBe(0o600);
      expect(existsSync(file(`data/handoffs/run-${run.id}`))).toBe(false);
    });

    it('looks at a machine in service, and changes neither it nor its install', {
      timeout: LONG_MS,
    }, async () => {
      writeFileSync(file('motd'), 'drifted\n');
      const before = await world.install();
      const done = await world.provision('handoff', 'run', '--role', 'web', '--check');
      expect(done).toMatchObject({ code: 0 });
      expect(await world.run()).toMatchObject({ state: 'done', check: true, changed: 1, install: null });
      const { id } = await world.run();
      expect((await world.provision('handoff', 'log', String(id), '--follow')).stdout).toMatch(
        /-drifted\n\+web001 hello/,
      );
      expect(readFileSync(file('motd'), 'utf8')).toBe('drifted\n');
      expect(await world.install()).toEqual(before);
    });

    it('names the task that failed, and tries again without installing', { timeout: LONG_MS }, async () => {
      await world.bootWeb001('flaky');
      const failed = await world.untilInstall('failed');
      expect(failed).toMatchObject({
        stage: 'handoff',
        failure: 'handoff',
        reason: 'a task failed: install nginx: no mirror',
        hint: expect.stringContaining('provision handoff retry web001'),
      });
      writeFileSync(file('flag'), '');
      expect(await world.provision('handoff', 'retry', 'web001')).toMatchObject({ code: 0 });
      expect(await world.install()).toMatchObject({
        id: failed.id,
        state: 'ready',
        attemptsUsed: 1,
        reason: null,
      });
    });

    it('stops at another host key, and says both fingerprints', { timeout: LONG_MS }, async () => {
      await world.bootWeb001('site', readFileSync(file('other.pub'), 'utf8'));
      const { reason, stage } = await world.untilInstall('failed');
      const fingerprint = async (name: string) => (await world.fingerprint(name)).split(' ')[1] ?? '';
      expect(stage).toBe('handoff');
      expect(reason).toContain(`it shows ${await fingerprint('host.pub')}`);
      expect(reason).toContain(`the machine reported ${await fingerprint('other.pub')}`);
    });

    it('says that a playbook has nothing for the machine, although Ansible is content', {
      timeout: LONG_MS,
    }, async () => {
      await world.bootWeb001('nobody');
      expect(await world.untilInstall('failed')).toMatchObject({
        reason: expect.stringContaining('nothing for this machine'),
      });
    });

    it('ends what takes too long, all of it', { timeout: LONG_MS }, async () => {
      await world.bootWeb001('short');
      expect(await world.untilInstall('failed')).toMatchObject({
        reason: 'it did not end within its time limit: 5 s',
        hint: expect.stringContaining('raise timeoutSeconds'),
      });
      expect(programsOf(world.folder)).toEqual([]);
    });

    it('does not outlive a service that is killed, and is run again', { timeout: LONG_MS }, async () => {
      rmSync(file('flag'));
      rmSync(file('pid'), { force: true });
      await world.bootWeb001('long');
      await vi.waitFor(() => expect(existsSync(file('pid'))).toBe(true), { timeout: LONG_MS });
      const { id, state } = await world.run();
      expect(state).toBe('running');
      expect(programsOf(world.folder)).toContain('ansible-playbook');
      await world.service.killHard();
      await vi.waitFor(() => expect(programsOf(world.folder)).toEqual([]), { timeout: LONG_MS });
      writeFileSync(file('flag'), '');
      await world.start(definitions());
      await world.untilInstall('ready');
      expect(await world.run()).toMatchObject({ id, state: 'done', interruptions: 1, tries: 0 });
      expect(programsOf(world.folder)).toEqual([]);
      const told = (await world.provision('system', 'timeline', 'web001')).stdout;
      expect(told).toMatch(/handoff\twarning\t.*run again from the beginning/);
      expect(told).toMatch(/state\tok\tconfiguring -> ready/);
    });
  },
);

/** Programs of hand-offs whose folders lie below this one, by name. */
function programsOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      if (!environment.includes(MARK_VARIABLE) || !environment.includes(`HOME=${folder}`)) return [];
      const [program = '', script = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return basename(program).startsWith('python') ? [basename(script)] : [basename(program)];
    } catch {
      return [];
    }
  });
}
