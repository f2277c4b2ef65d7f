import { describe, expect, it } from 'vitest';
import {
  isInScope,
  leastRoleFor,
  type Permission,
  ROLES,
  roleAllows,
  scopedRolesProblem,
} from '../../../src/domain/access/access.ts';

describe('what a role may do', () => {
  const granted = (permission: Permission) => ROLES.filter((role) => roleAllows(role, permission));
  it.each<[Permission, readonly string[]]>([
    ['public', ['viewer', 'operator', 'admin']],
    ['read', ['viewer', 'operator', 'admin']],
    ['operate', ['operator', 'admin']],
    ['admin', ['admin']],
    ['machine', []],
  ])('%s is granted to %j', (permission, roles) => expect(granted(permission)).toEqual(roles));

  it('knows the least role for a permission', () => {
    expect(leastRoleFor('read')).toBe('viewer');
    expect(leastRoleFor('operate')).toBe('operator');
    expect(leastRoleFor('admin')).toBe('admin');
  });
});

describe('a scope', () => {
  it.each([
    { scope: null, roles: [], inside: true },
    { scope: ['web'], roles: ['web'], inside: true },
    { scope: ['web', 'db'], roles: ['mail', 'db'], inside: true },
    { scope: ['web'], roles: ['db'], inside: false },
    { scope: ['web'], roles: [], inside: false },
    { scope: [], roles: ['web'], inside: false },
  ])('$scope and roles $roles: $inside', ({ scope, roles, inside }) =>
    expect(isInScope(scope, roles)).toBe(inside),
  );

  it.each([
    { scope: null, before: ['web'], after: ['db'], says: undefined },
    { scope: ['web'], before: [], after: ['web'], says: undefined },
    { scope: ['web', 'db'], before: ['web'], after: ['db'], says: undefined },
    { scope: ['web'], before: ['web', 'mail'], after: ['mail', 'web'], says: undefined },
    { scope: ['web'], before: [], after: [], says: 'must keep one' },
    { scope: ['web'], before: ['web', 'mail'], after: ['mail'], says: 'must keep one' },
    { scope: ['web'], before: [], after: ['web', 'db'], says: "role 'db' is outside" },
    { scope: ['web'], before: ['web', 'mail'], after: ['web'], says: "role 'mail' is outside" },
    { scope: ['web'], before: ['db'], after: ['web'], says: "role 'web'|role 'db' is outside" },
  ])('$scope: $before to $after', ({ scope, before, after, says }) => {
    const problem = scopedRolesProblem(scope, before, after);
    if (says === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatch(new RegExp(says));
  });
});
