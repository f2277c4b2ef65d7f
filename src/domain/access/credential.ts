import { z } from 'zod';
import { recordName } from '../records/fields.ts';
import { ROLES, type Role, type Scope } from './access.ts';
import { roleName } from './role.ts';

/** Names that the audit trail has for others. */
const RESERVED: readonly string[] = ['local', 'setup', 'service', 'nobody'];

const credentialName = recordName.refine((name) => !RESERVED.includes(name), {
  message: `must not be one of ${RESERVED.join(', ')}: the audit trail means others by them`,
});

/** A token may last ten years. */
const MOST_MINUTES = 10 * 366 * 24 * 60;
const YEAR_MINUTES = 365 * 24 * 60;

const scope = z
  .array(roleName)
  .min(1, { message: 'must name a role of systems; leave it out for every system' })
  .max(32)
  .nullable();
const ADMIN_SCOPE = 'must be left out for an admin, who acts on what all systems stand on';

/** What is wrong with a role and a scope together, or undefined. */
export function grantProblem(role: Role, bound: Scope): string | undefined {
  return role === 'admin' && bound !== null ? ADMIN_SCOPE : undefined;
}

export const tokenInput = z
  .strictObject({
    name: credentialName,
    role: z.enum(ROLES),
    scope: scope.default(null),
    /** Null: it never expires. */
    expiresInMinutes: z.int().min(1).max(MOST_MINUTES).nullable().default(YEAR_MINUTES),
  })
  .refine((input) => grantProblem(input.role, input.scope) === undefined, {
    path: ['scope'],
    message: ADMIN_SCOPE,
  });

/** Judged by domain/access/password.ts; here only that it is text of a sane size. */
export const passwordText = z.string().max(1024);

export const userInput = z
  .strictObject({
    name: credentialName,
    role: z.enum(ROLES),
    scope: scope.default(null),
    password: passwordText,
  })
  .refine((input) => grantProblem(input.role, input.scope) === undefined, {
    path: ['scope'],
    message: ADMIN_SCOPE,
  });

export const userPatch = z.strictObject({
  role: z.enum(ROLES).optional(),
  scope: scope.optional(),
  disabled: z.boolean().optional(),
});

/** An API token, without itself. */
export interface TokenRecord {
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly isExpired: boolean;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly lastUsedFrom: string | null;
}

/** Somebody with a name and a password. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly disabled: boolean;
  readonly passwordAt: string;
  readonly lastLoginAt: string | null;
  readonly createdBy: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Somebody who is logged in. */
export interface SessionRecord {
  readonly id: number;
  readonly user: string;
  readonly from: string;
  /** What the browser calls itself. */
  readonly agent: string;
  readonly createdAt: string;
  /** To the minute. */
  readonly seenAt: string;
  /** It ends then at the latest. */
  readonly expiresAt: string;
}
