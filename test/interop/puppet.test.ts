import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BootEvent } from '../../src/domain/boot/boot-event.ts';
import { type HandoffWorld, openHandoffWorld, SERVER } from '../support/handoff-world.ts';
import { CONVERSATION, comparable, recordedAnswers } from '../support/puppet-ca/conversation.ts';
import { csrFixture } from '../support/puppet-ca/fixtures.ts';
import { makePuppetRoot, type PuppetRoot, reasonAgainstPuppet } from '../support/puppet-lab.ts';

const reason = reasonAgainstPuppet();
/** The JVM takes a minute to start where others work beside it. */
const LONG_MS = 900_000;
const URL = `https://${SERVER}:8140`;
const MANIFEST = 'etc/puppet/code/environments/production/manifests/site.pp';
const SSL = 'var/lib/puppet/ssl';
const MANAGER = 'provision.lab.test';

describe.skipIf(reason !== undefined)(
  `hand-off to Debian's puppetserver${reason ? ` (${reason})` : ''}`,
  () => {
    let world: HandoffWorld;
    let server: PuppetRoot;
    let agent: PuppetRoot;
    const file = (name: string) => join(world.folder, name);

    /** One request to the CA with the certificate that provisiond has. */
    const curl = async (path: string, ...more: readonly string[]) => {
      const identity = [
        '--cacert',
        file('ca.pem'),
        '--cert',
        file('provision.pem'),
        '--key',
        file('provision.key'),
      ];
      const write = ['-w', '\n%{http_code}'];
      const done = await world.spaces.run(
        'server',
        ['curl', '-sS', ...identity, ...write, ...more, `${URL}${path}`],
        LONG_MS,
      );
      const at = done.stdout.lastIndexOf('\n');
      return { status: Number(done.stdout.slice(at + 1)), text: done.stdout.slice(0, at) };
    };
    const stateOf = async (name: string) =>
      JSON.parse((await curl(`/puppet-ca/v1/certificate_status/${name}`)).text);
    const timeline = async () => {
      const answer = await world.service.call('GET', '/api/v1/systems/web001/timeline?limit=500');
      return (answer.body as { items: BootEvent[] }).items;
    };
    /** What the installer would do with the answer file: the agent is told, and knows nothing of before. */
    const installPuppet = (answer: string): void => {
      rmSync(join(agent.files, 'var/lib/puppet'), { recursive: true, force: true });
      rmSync(join(agent.files, 'etc/puppet/puppet.conf'), { force: true });
      const [definition = ''] = /install_puppet\(\) \{[\s\S]*?\n\}; /.exec(answer) ?? [];
      execFileSync('sh', ['-ec', `${definition.replaceAll('\\\n', '')} install_puppet '${agent.files}'`]);
    };

    /** Installs web001 as far as its first boot; SSH answers only after what `meanwhile` does. */
    const install = async (meanwhile: () => Promise<unknown> = async () => {}): Promise<void> => {
      const answer = await world.bootWeb001('puppet');
      installPuppet(answer);
      await meanwhile();
      world.startSshd();
    };

    beforeAll(async () => {
      world = await openHandoffWorld();
      [server, agent] = [makePuppetRoot(file('server')), makePuppetRoot(file('agent'))];
      mkdirSync(file('bin'));
      writeFileSync(
        file('bin/puppet'),
        `#!/bin/sh\nexec ${agent.command('/usr/bin/puppet').join(' ')} "$@"\n`,
        { mode: 0o755 },
      );
      mkdirSync(join(server.files, MANIFEST, '..'), { recursive: true });
      // Decided by the agent: the server may know a manifest of before for some time.
      const fails = `exec { '/bin/false': onlyif => '/usr/bin/test -e ${file('broken')}' }`;
      const motd = `file { '${file('motd')}': content => "\${trusted['certname']}\\n" }`;
      writeFileSync(join(server.files, MANIFEST), `${motd}\n${fails}\n`);
      const ca = join(server.files, 'etc/puppet/puppet.conf');
      writeFileSync(ca, '[main]\ncertname=puppet.lab.test\n[server]\nautosign=false\n');
      const run = async (...command: readonly string[]) => {
        const done = await world.spaces.run('server', server.command(...command), LONG_MS);
        if (done.code !== 0) throw new Error(`${command.join(' ')}: ${done.stdout}${done.stderr}`);
      };
      const passwd = `echo 'puppet:x:990:990::/var/lib/puppetserver:/bin/sh' >> /etc/passwd; echo 'puppet:x:990:' >> /etc/group`;
      await run('sh', '-c', passwd);
      await run('puppetserver', 'ca', 'setup', '--subject-alt-names', `puppet.lab.test,IP:${SERVER}`);
      // Forced: it asks whether the server runs, which it does not yet.
      await run('puppetserver', 'ca', 'generate', '--certname', MANAGER, '--ca-client', '--force');
      const keep = (from: string, to: string) =>
        writeFileSync(file(to), readFileSync(join(server.files, SSL, from)), { mode: 0o600 });
      keep('certs/ca.pem', 'ca.pem');
      keep(`certs/${MANAGER}.pem`, 'provision.pem');
      keep(`private_keys/${MANAGER}.pem`, 'provision.key');
      const java =
        'mkdir -p /run/puppetserver; echo -n 0 > /run/puppetserver/restart; exec java -Xms512m -Xmx1g -XX:TieredStopAtLevel=1 ' +
        '-Djruby.logger.class=com.puppetlabs.jruby_utils.jruby.Slf4jLogger -Djruby.lib=/usr/share/jruby/lib ' +
        '-jar /usr/share/puppetserver/puppetserver.jar --config /etc/puppet/puppetserver/conf.d ' +
        '--bootstrap-config /etc/puppet/puppetserver/services.d --restart-file /run/puppetserver/restart';
      const begin = Date.now();
      world.spaces.spawn('server', server.command('sh', '-c', java), { stdio: 'ignore' });
      await vi.waitFor(async () => expect((await curl('/status/v1/simple')).text).toBe('running'), {
        timeout: LONG_MS,
        interval: 1000,
      });
      console.info(`puppetserver is there after ${Math.round((Date.now() - begin) / 1000)} s`);
      await world.start({
        puppet: {
          driver: 'puppet',
          ca: {
            url: URL,
            caFile: file('ca.pem'),
            certFile: file('provision.pem'),
            keyFile: file('provision.key'),
          },
          privateKeyFile: file('client'),
          sshWaitSeconds: 60,
          timeoutSeconds: 300,
        },
      });
      await world.service.call('PATCH', '/api/v1/subnets/lan', { domain: 'lab.test' });
    }, LONG_MS);
    afterAll(async () => {
      await world?.dispose();
    });

    it('has a CA that answers as it was recorded to', { timeout: LONG_MS }, async () => {
      const answers = [];
      for (const { method, path, contentType, body } of CONVERSATION) {
        const sent = body === null ? [] : ['-H', `content-type: ${contentType}`, '--data-binary', body];
        answers.push(comparable(await curl(path, '-X', method, ...sent)));
      }
      expect(answers).toEqual(recordedAnswers());
    });

    it('signs and runs the agent of an installed machine, and hears of a change', {
      timeout: LONG_MS,
    }, async () => {
      const begin = Date.now();
      await install();
      await world.untilInstall('ready');
      console.info(`first boot to ready: ${Math.round((Date.now() - begin) / 1000)} s`);
      const run = await world.run();
      expect(run).toMatchObject({ state: 'done', failure: null, changed: 1, message: '1 resource changed' });
      expect(readFileSync(file('motd'), 'utf8')).toBe('web001.lab.test\n');
      expect(await stateOf('web001.lab.test')).toMatchObject({ state: 'signed' });
      const log = readFileSync(file(`data/handoffs/${run.id}.log`), 'utf8');
      expect(log).toMatch(/CA: signed web001\.lab\.test[\s\S]*Applied catalog/);
      expect((await timeline()).filter(({ stage }) => stage === 'certificate')).toMatchObject([
        { outcome: 'ok', message: 'its Puppet certificate will be web001.lab.test' },
      ]);
    });

    it('looks at a machine in service without changing it', { timeout: LONG_MS }, async () => {
      writeFileSync(file('motd'), 'drifted\n');
      expect(await world.provision('handoff', 'run', 'web001', '--check')).toMatchObject({ code: 0 });
      expect(await world.run()).toMatchObject({
        state: 'done',
        check: true,
        message: '1 resource would change',
      });
      expect(readFileSync(file('motd'), 'utf8')).toBe('drifted\n');
    });

    it('takes a request of somebody else away, revokes the old certificate, and signs the new one', {
      timeout: LONG_MS,
    }, async () => {
      const { serial_number: before } = await stateOf('web001.lab.test');
      await world.stopSshd();
      await install(async () => {
        await vi.waitFor(
          async () =>
            expect((await curl('/puppet-ca/v1/certificate_status/web001.lab.test')).status).toBe(404),
          { timeout: LONG_MS },
        );
        const text = ['-H', 'content-type: text/plain', '--data-binary', csrFixture('plain')];
        const path = '/puppet-ca/v1/certificate_request/web001.lab.test';
        expect(await curl(path, '-X', 'PUT', ...text)).toMatchObject({ status: 200 });
      });
      await world.untilInstall('ready');
      const log = readFileSync(file(`data/handoffs/${(await world.run()).id}.log`), 'utf8');
      expect(log).toContain('refused and taken away: its challenge is not that of this install');
      const after = await stateOf('web001.lab.test');
      expect(after.state).toBe('signed');
      expect(after.serial_number).not.toBe(before);
      expect(existsSync(file('motd'))).toBe(true);
    });

    it('says what failed, and goes on without installing', { timeout: LONG_MS }, async () => {
      writeFileSync(file('broken'), '');
      await world.stopSshd();
      await install();
      const failed = await world.untilInstall('failed');
      expect(failed.reason).toMatch(/the run of the Puppet agent failed: 1 resource failed: .*false/);
      rmSync(file('broken'));
      expect(await world.provision('handoff', 'retry', 'web001')).toMatchObject({ code: 0 });
      expect(await world.install()).toMatchObject({ id: failed.id, state: 'ready', attemptsUsed: 1 });
    });
  },
);
