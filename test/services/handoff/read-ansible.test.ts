import { describe, expect, it } from 'vitest';
import { createAnsibleReader } from '../../../src/services/handoff/read-ansible.ts';

const RECAP = 'PLAY RECAP *****\nweb001 : ok=2    changed=2    unreachable=0    failed=0    skipped=0\n';
const FATAL = (kind: string, result: object) =>
  `TASK [install nginx] ****\nfatal: [web001]: ${kind}! => ${JSON.stringify(result)}\n`;

describe('what ansible-playbook has written', () => {
  it.each<[string, string, number | null, object]>([
    ['success', RECAP, 0, { failure: null, message: '2 tasks changed something', changed: 2 }],
    [
      'a failed task, by its message and the last line of stderr',
      `${FATAL('FAILED', { msg: 'non-zero return code', stderr: 'one\noops' })}${RECAP}`,
      2,
      { failure: 'task-failed', message: 'install nginx: non-zero return code: oops' },
    ],
    ['one that is ignored', `${FATAL('FAILED', { msg: 'x' })}...ignoring\n${RECAP}`, 0, { failure: null }],
    [
      'one that is ignored, and another',
      `${FATAL('FAILED', { msg: 'x' })}...ignoring\n${FATAL('FAILED', { msg: 'y' })}`,
      2,
      { message: 'install nginx: y' },
    ],
    ['a machine that is gone', FATAL('UNREACHABLE', { msg: 'timed out' }), 4, { failure: 'unreachable' }],
    [
      'a playbook that is none, with the same exit status',
      "ERROR! couldn't resolve module/action\n",
      4,
      { failure: 'playbook-error', message: "couldn't resolve module/action" },
    ],
    [
      'no play for this machine, which Ansible finds all right',
      'skipping: no hosts matched\n',
      0,
      { failure: 'no-hosts' },
    ],
    ['a play for another machine only', RECAP.replace('web001', 'web002'), 0, { failure: 'no-hosts' }],
    ['a signal', RECAP, null, { failure: 'ended' }],
    ['a signal that a shell has told of', '', 137, { failure: 'ended', message: 'exit status 137' }],
    [
      'control characters of a machine',
      FATAL('FAILED', { msg: 'a\u001b[2Jb' }),
      2,
      { message: 'install nginx: a\\u{1b}[2Jb' },
    ],
    [
      'a result that is cut short is told as it is',
      `TASK [t] ***\nfatal: [web001]: FAILED! => {"msg": "${'x'.repeat(100_000)}`,
      2,
      { failure: 'task-failed', message: expect.stringMatching(/^t: \{"msg": "x{100,}…$/) },
    ],
  ])('%s', (_name, text, exitStatus, outcome) => {
    const reader = createAnsibleReader('web001');
    // In pieces of any size, as they come through a pipe.
    for (let at = 0; at < text.length; at += 7) reader.read(text.slice(at, at + 7));
    expect(reader.outcome(exitStatus)).toMatchObject(outcome);
  });
});
