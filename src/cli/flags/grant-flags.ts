import { ROLES, type Role } from '../../domain/access/access.ts';
import { UsageError } from '../errors.ts';
import type { FlagSpec, Flags } from './flags.ts';

/** What somebody may do: the same flags for tokens and for users. */
export const GRANT_FLAGS: readonly FlagSpec[] = [
  {
    flag: '--role <role>',
    help: 'viewer (reads), operator (also systems, installs and power), or admin',
    fields: ['role'],
  },
  {
    flag: '--scope <roles>',
    help: 'only systems with one of these roles: web,db; none: every system',
    repeat: true,
    fields: ['scope'],
  },
];

/** The role, if it is given. Throws UsageError. */
export function roleOf(flags: Flags): Role | undefined {
  const text = flags.text('role');
  const role = ROLES.find((one) => one === text);
  if (text !== undefined && role === undefined)
    throw new UsageError(`'${text}' is no role`, `there are: ${ROLES.join(', ')}`);
  return role;
}

/** Throws UsageError where it is not given: nobody is an admin by default. */
export function neededRole(flags: Flags): Role {
  const role = roleOf(flags);
  if (role !== undefined) return role;
  throw new UsageError('--role is needed', `one of: ${ROLES.join(', ')}`);
}

/** Scope as tables show it. */
export function scopeText(scope: readonly string[] | null): string {
  return scope === null ? 'all' : scope.join(',');
}
