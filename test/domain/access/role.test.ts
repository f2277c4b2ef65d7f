import { describe, expect, it } from 'vitest';
import { rolesInput } from '../../../src/domain/access/role.ts';
import { judgeInput } from '../../../src/domain/problems.ts';

/** What is wrong with them, each with its place. */
function problemsOf(roles: unknown): string[] {
  const judged = judgeInput(rolesInput, roles);
  return judged.ok ? [] : judged.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('roles', () => {
  it.each([[[]], [['web']], [['web', 'db_2', 'a']], [[`a${'b'.repeat(62)}`]]])('may be %j', (roles) => {
    expect(rolesInput.parse(roles)).toEqual(roles);
  });

  it.each([['web-1'], ['Web'], ['1web'], ['_meta'], [''], ['a.b'], [`a${'b'.repeat(63)}`]])(
    'are no names like %j, and the message says why',
    (role) => {
      expect(problemsOf(['web', role])).toEqual([
        '1: must be 1-63 of a-z, 0-9 and underscore, beginning with a letter: roles become Ansible groups, which allow no dash',
      ]);
    },
  );

  it.each(['all', 'ungrouped'])('leave %s to Ansible', (role) => {
    expect(problemsOf([role])).toEqual([expect.stringMatching(/^0: must not be all or ungrouped/)]);
  });

  it.each(['state_ready', 'profile_web', 'subnet_lab'])(
    'leave %s to other groups of the inventory',
    (role) => {
      expect(problemsOf([role])).toEqual([
        '0: must not begin with profile_, subnet_, state_: other groups of the inventory do',
      ]);
      expect(problemsOf(['state', 'profiler'])).toEqual([]);
    },
  );

  it('are not given twice, and are at most 32', () => {
    expect(problemsOf(['web', 'db', 'web'])).toEqual(['2: role web is given twice']);
    const many = Array.from({ length: 33 }, (_, index) => `role${index}`);
    expect(problemsOf(many)).toHaveLength(1);
    expect(problemsOf(many.slice(1))).toEqual([]);
  });
});
