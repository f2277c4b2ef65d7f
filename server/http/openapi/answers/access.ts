import { z } from 'zod';
import { ROLES } from '../../../../src/domain/access/access.ts';
import type { SessionRecord, TokenRecord, User } from '../../../../src/domain/access/credential.ts';
import { flag, listOf, stamps, text, textOrNull, texts, time, timeOrNull, whole } from './parts.ts';

const role = z.enum(ROLES);
const scope = texts.nullable().describe('Names of system roles; null: every system.');

const whoami = z.strictObject({
  name: text,
  kind: z.enum(['local', 'token', 'user', 'service']),
  role,
  scope,
  from: textOrNull,
  expiresAt: timeOrNull.describe('When the token or session ends at the latest; null: never.'),
});

const login = z.strictObject({ name: text, role, scope, csrf: text, expiresAt: time });

const token = z.strictObject({
  name: text,
  role,
  scope,
  createdAt: time,
  createdBy: text,
  expiresAt: timeOrNull,
  isExpired: flag,
  lastUsedAt: timeOrNull,
  lastUsedFrom: textOrNull,
}) satisfies z.ZodType<TokenRecord>;

const user = z.strictObject({
  name: text,
  role,
  scope,
  disabled: flag,
  passwordAt: time,
  lastLoginAt: timeOrNull,
  createdBy: text,
  ...stamps,
}) satisfies z.ZodType<User>;

const session = z.strictObject({
  id: whole,
  user: text,
  from: text,
  agent: text,
  createdAt: time,
  seenAt: time,
  expiresAt: time,
}) satisfies z.ZodType<SessionRecord>;

const shownOnce = text.describe('Shown this once.');

export const accessAnswers = {
  Whoami: whoami,
  Login: login,
  Setup: z.strictObject({ token: shownOnce, name: text }),
  Token: token,
  TokenList: listOf(token),
  NewToken: token.extend({ token: shownOnce }),
  User: user,
  UserList: listOf(user),
  Session: session,
  SessionList: listOf(session),
};
