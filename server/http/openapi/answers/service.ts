import { z } from 'zod';
import { AUDIT_ACTIONS, type AuditEvent } from '../../../../src/domain/access/audit.ts';
import { type BootEvent, STAGES } from '../../../../src/domain/boot/boot-event.ts';
import type { Loader } from '../../../../src/domain/boot/loader.ts';
import type { Check } from '../../../../src/domain/check.ts';
import type { Lease } from '../../../../src/domain/network/lease.ts';
import type { LoaderInstall } from '../../../../src/services/boot/loaders.ts';
import type { AddressInUse } from '../../../../src/services/dhcp/address-use.ts';
import type { OtherServer } from '../../../../src/services/dhcp/other-servers.ts';
import { createDhcpCounters } from '../../../dhcp/counters.ts';
import type { ServiceStatus } from '../../api-services.ts';
import { flag, listOf, pageOf, text, textOrNull, texts, time, whole, wholeOrNull } from './parts.ts';

export const check = z.strictObject({
  name: text,
  state: z.enum(['ok', 'warning', 'problem']),
  what: text,
  next: textOrNull.describe('What to do next.'),
}) satisfies z.ZodType<Check>;

const counters = Object.keys(createDhcpCounters()).map((name) => [name, whole] as const);
const otherServer = z.strictObject({
  address: text,
  subnet: text,
  interface: text,
  expected: flag,
  noticedBy: z.enum(['offer', 'request']),
  firstSeenAt: time,
  lastSeenAt: time,
}) satisfies z.ZodType<OtherServer>;
const addressInUse = z.strictObject({
  ip: text,
  mac: text,
  subnet: text,
  since: time,
  lastSeenAt: time,
}) satisfies z.ZodType<AddressInUse>;

const status = z.strictObject({
  version: text,
  certificate: z.strictObject({ sha256: text, isOwn: flag, validUntil: text }).nullable(),
  listeners: z.array(
    z.strictObject({
      name: text,
      state: z.enum(['listening', 'off', 'refused']),
      address: textOrNull,
      reason: textOrNull,
      remedy: textOrNull,
    }),
  ),
  warnings: texts,
  otherDhcpServers: z.array(otherServer),
  addressesInUse: z.array(addressInUse),
  dhcp: z.array(z.strictObject({ interface: text, port: whole, ...Object.fromEntries(counters) })),
}) satisfies z.ZodType<Omit<ServiceStatus, 'dhcp'>>;

const lease = z.strictObject({
  ip: text,
  mac: text,
  key: text,
  hostname: textOrNull,
  system: textOrNull,
  expiresAt: time,
}) satisfies z.ZodType<Lease>;

const loader = z.strictObject({
  name: text,
  state: z.enum(['installed', 'changed', 'unrecorded', 'missing']),
  path: textOrNull,
  sha256: textOrNull,
  bytes: wholeOrNull,
  record: z
    .strictObject({
      name: text,
      version: textOrNull,
      source: text,
      sha256: text,
      bytes: whole,
      installedBy: text,
      installedAt: time,
    })
    .nullable(),
  remedy: textOrNull,
}) satisfies z.ZodType<Loader>;

const loaderInstall = z.strictObject({
  name: text,
  outcome: z.enum(['installed', 'unchanged', 'not-found']),
  version: textOrNull,
  source: textOrNull,
  sha256: textOrNull,
  remedy: textOrNull,
}) satisfies z.ZodType<LoaderInstall>;

/** Plain values by name. */
export const data = z.record(text, z.union([text, z.number(), flag, z.null()]));

const bootEvent = z.strictObject({
  id: whole,
  at: time,
  system: textOrNull,
  mac: textOrNull,
  installId: wholeOrNull,
  stage: z.enum(STAGES),
  outcome: z.enum(['ok', 'warning', 'error']),
  message: text,
  data,
}) satisfies z.ZodType<BootEvent>;

const fields = z.record(text, z.unknown());
const auditEvent = z.strictObject({
  id: whole,
  at: time,
  actor: text,
  kind: text,
  from: textOrNull,
  request: textOrNull,
  action: z.enum(AUDIT_ACTIONS),
  noun: text,
  name: text,
  before: fields.nullable(),
  after: fields.nullable(),
  detail: fields,
}) satisfies z.ZodType<AuditEvent>;

export const serviceAnswers = {
  Health: z.strictObject({ status: z.literal('ok') }),
  Status: status,
  Check: check,
  Lease: lease,
  LeaseList: listOf(lease),
  Loader: loader,
  LoaderList: listOf(loader),
  LoaderInstallList: listOf(loaderInstall),
  BootEvent: bootEvent,
  BootEventList: listOf(bootEvent),
  AuditEvent: auditEvent,
  AuditPage: pageOf(auditEvent),
  Count: z.strictObject({ count: whole }),
  /** OpenAPI says itself what it looks like. */
  OpenApi: z.looseObject({ openapi: z.literal('3.1.0'), info: z.unknown(), paths: z.unknown() }),
};
