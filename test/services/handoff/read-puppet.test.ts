import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentCommand, createAgentReader } from '../../../src/services/handoff/read-puppet.ts';
import { PUPPET_FIXTURES } from '../../support/puppet-ca/fixtures.ts';

const RUN = {
  certname: 'web001.lab.test',
  server: 'puppet.lab.test',
  environment: null,
  noop: false,
  become: false,
  timeoutSeconds: 600,
};

describe('the command line of an agent run', () => {
  it.each([
    { change: {}, has: ['--certname=web001.lab.test', '--server=puppet.lab.test', '--no-noop', ' 600 '] },
    { change: { noop: true, environment: 'staging' }, has: [' --noop', '--environment=staging'] },
    { change: { become: true }, has: ['sudo -n sh -c'] },
  ])('says $change', ({ change, has }) => {
    const command = agentCommand({ ...RUN, ...change });
    for (const part of has) expect(command).toContain(part);
  });

  it('says nothing of a name that is not ours to say', () => {
    expect(agentCommand({ ...RUN, certname: null })).not.toContain('certname');
  });

  it('is one that a shell can read, and tells the exit status of the agent', () => {
    const command = agentCommand(RUN).replace(
      'timeout --foreground --kill-after=10 600 puppet agent',
      'sh -c "exit 6" x',
    );
    expect(command).not.toBe(agentCommand(RUN));
    expect(() => execFileSync('sh', ['-c', command], { stdio: 'pipe' })).toThrow(
      expect.objectContaining({ status: 6, stdout: Buffer.from('=== summary of the run\n') }),
    );
  });
});

describe('what came of an agent run', () => {
  const outcome = (text: string, exitStatus: number | null, noop = false) => {
    const reader = createAgentReader(noop);
    // In small pieces, as they may come.
    for (let at = 0; at < text.length; at += 7) reader.read(text.slice(at, at + 7));
    return reader.outcome(exitStatus);
  };
  const recorded = readFileSync(`${PUPPET_FIXTURES}/agent-run.txt`, 'utf8');
  const summary = (changed: number, failed: number, outOfSync = 0) =>
    `=== summary of the run\nresources:\n  changed: ${changed}\n  failed: ${failed}\n  out_of_sync: ${outOfSync}\n` +
    'events:\n  failed: 99\nchanges:\n  changed: 99\n';

  it('of the real agent, which found nothing to change', () => {
    expect(outcome(recorded, 0)).toEqual({ failure: null, message: 'nothing had to change', changed: 0 });
  });

  it.each([
    { status: 2, text: summary(3, 0), is: [null, '3 resources changed', 3] },
    { status: 2, text: summary(1, 0), is: [null, '1 resource changed', 1] },
    { status: 0, text: '', is: [null, 'nothing had to change', null] },
    {
      status: 6,
      text: `Error: Facter: no /sys\nError: /Stage[main]/Package[nginx]: no such package\nNotice: Applied catalog\n${summary(2, 1)}`,
      is: ['agent-failed', '1 resource failed: /Stage[main]/Package[nginx]: no such package', 2],
    },
    {
      status: 1,
      text: 'Info: x\nError: Could not retrieve catalog from remote server: Error 500\nWarning: y\n',
      is: ['agent-failed', 'Could not retrieve catalog from remote server: Error 500', null],
    },
    {
      status: 1,
      text: 'Notice: Run of Puppet configuration client already in progress; skipping  (lock exists)\n',
      is: [
        'agent-failed',
        'Run of Puppet configuration client already in progress; skipping (lock exists)',
        null,
      ],
    },
    { status: 4, text: '', is: ['agent-failed', 'exit status 4', null] },
    { status: 124, text: 'Info: waits\n', is: ['time-limit', 'Info: waits', null] },
    {
      status: 127,
      text: "timeout: failed to run command 'puppet': No such file or directory\n",
      is: ['agent-missing', "timeout: failed to run command 'puppet': No such file or directory", null],
    },
    { status: 255, text: 'Connection closed\n', is: ['unreachable', 'Connection closed', null] },
    { status: null, text: '', is: ['ended', 'by a signal', null] },
  ])('exit status $status: $is', ({ status, text, is: [failure, message, changed] }) => {
    expect(outcome(text, status)).toEqual({ failure, message, changed });
  });

  it('that only looked is what would change', () => {
    expect(outcome(summary(0, 0, 2), 0, true)).toEqual({
      failure: null,
      message: '2 resources would change',
      changed: 2,
    });
  });

  it('shows nothing that could move a cursor', () => {
    expect(outcome('Error: \u001b[2Jgone\n', 1).message).toBe('\\u{1b}[2Jgone');
  });
});
