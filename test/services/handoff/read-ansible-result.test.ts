import { expect, test } from 'vitest';
import { createAnsibleReader } from '../../../src/services/handoff/read-ansible.ts';

const TASK = 'TASK [Fail until the file is there] ********\n';
const RECAP = 'web001   : ok=2    changed=1    unreachable=0    failed=1    skipped=0\n';
const AT_ONCE = 'fatal: [web001]: FAILED! => {"changed": false, "msg": "/srv/gate is not there"}\n';
// As ansible-core 2.14 writes the result of assert and debug.
const OVER_LINES = `fatal: [web001]: FAILED! => {
    "assertion": "lab_gate is exists",
    "changed": false,
    "evaluated_to": {
        "odd": "}"
    },
    "msg": "/srv/gate is not there"
}
`;

test.each([
  ['on one line', AT_ONCE],
  ['over several lines', OVER_LINES],
])('the message of a result %s is told, whatever the pieces', (_what, result) => {
  for (const size of [1, 7, 10_000]) {
    const reader = createAnsibleReader('web001');
    const text = `${TASK}${result}\nPLAY RECAP ********\n${RECAP}`;
    for (let at = 0; at < text.length; at += size) reader.read(text.slice(at, at + size));
    expect(reader.outcome(2)).toEqual({
      failure: 'task-failed',
      message: 'Fail until the file is there: /srv/gate is not there',
      changed: 1,
    });
  }
});

test('a result that was ignored is no failure, and one that is cut is told as it is', () => {
  const ignored = createAnsibleReader('web001');
  ignored.read(`${TASK}${OVER_LINES}...ignoring\n${RECAP}`);
  expect(ignored.outcome(0)).toMatchObject({ failure: null });
  const cut = createAnsibleReader('web001');
  cut.read(TASK + OVER_LINES.slice(0, 60));
  expect(cut.outcome(2)).toMatchObject({ failure: 'task-failed' });
});
