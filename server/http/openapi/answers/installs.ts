import { z } from 'zod';
import { INSTALL_FAILURES, INSTALL_STATES, type Install } from '../../../../src/domain/install/install.ts';
import type {
  BatchProgress,
  BatchReceipt,
  InstallBatch,
  InstallPlan,
  QueueView,
  Refusal,
} from '../../../../src/domain/install/install-batch.ts';
import {
  NETBOOT_WAYS,
  POWER_UP_FAILURES,
  POWER_UP_STEPS,
  type PowerUp,
} from '../../../../src/domain/power/power-up.ts';
import { LOG_NAMES } from '../../../../src/services/installer-logs/log-files.ts';
import type { InstallLog } from '../../../../src/services/installer-logs/read-logs.ts';
import {
  flag,
  keysOf,
  listOf,
  text,
  textOrNull,
  texts,
  time,
  timeOrNull,
  whole,
  wholeOrNull,
} from './parts.ts';

export const installState = z.enum(INSTALL_STATES);

const powerUp = z.strictObject({
  ways: z.array(keysOf(NETBOOT_WAYS)),
  at: whole,
  step: z.enum(POWER_UP_STEPS),
  since: time,
  timeoutSeconds: whole,
  deadline: timeOrNull,
  job: wholeOrNull,
  isSet: flag,
  canSet: flag,
  seen: z.array(z.enum(['nothing', 'disk', 'refused'])),
  outcome: z.union([z.enum(['netbooted', 'stopped']), keysOf(POWER_UP_FAILURES)]).nullable(),
}) satisfies z.ZodType<PowerUp>;

export const install = z.strictObject({
  id: whole,
  system: text,
  state: installState,
  stateAt: time,
  batch: textOrNull,
  position: wholeOrNull,
  attempts: whole,
  attemptsUsed: whole,
  scriptsServed: whole,
  armedAt: time,
  armedBy: text,
  expiresAt: time,
  updatedAt: time,
  stage: textOrNull,
  reason: textOrNull,
  failure: z.enum(INSTALL_FAILURES).nullable(),
  hint: textOrNull,
  handoff: text,
  hostKeys: texts,
  powerUp: powerUp.nullable(),
}) satisfies z.ZodType<Install>;

const fieldProblem = z.strictObject({ path: text, message: text });
const refusal = z.strictObject({
  code: text,
  detail: text,
  problems: z.array(fieldProblem),
  hint: textOrNull,
}) satisfies z.ZodType<Refusal>;

const batchReceipt = z.strictObject({
  batch: textOrNull,
  items: z.array(
    z.strictObject({
      system: text,
      outcome: z.enum(['armed', 'queued', 'refused']),
      install: install.nullable(),
      refused: refusal.nullable(),
    }),
  ),
}) satisfies z.ZodType<BatchReceipt>;

const installBatch = z.strictObject({
  id: text,
  requestedBy: text,
  requestedAt: time,
  selection: text,
  stopAfterFailures: wholeOrNull,
  stopped: z.strictObject({ at: time, reason: text }).nullable(),
  refused: z.array(z.strictObject({ system: text, refused: refusal })),
}) satisfies z.ZodType<InstallBatch>;

const batchProgress = installBatch.extend({
  counts: z.partialRecord(installState, whole),
  isOver: flag,
  items: z.array(install),
}) satisfies z.ZodType<BatchProgress>;

const queueView = z.strictObject({
  maxConcurrentInstalls: whole,
  jitterSeconds: z.number().min(0),
  running: whole,
  items: z.array(z.strictObject({ install, beginsAt: timeOrNull, reason: text })),
}) satisfies z.ZodType<QueueView>;

const installPlan = z.strictObject({
  selection: text,
  maxConcurrentInstalls: whole,
  jitterSeconds: z.number().min(0),
  running: whole,
  queued: whole,
  waves: whole,
  wipes: texts,
  items: z.array(
    z.strictObject({
      system: text,
      profile: text,
      refused: refusal.nullable(),
      wipes: timeOrNull,
      place: wholeOrNull,
      wave: wholeOrNull,
      power: z.strictObject({ driver: text, switchesOff: flag, ways: texts }).nullable(),
      handoff: textOrNull,
    }),
  ),
}) satisfies z.ZodType<InstallPlan>;

const installLog = z.strictObject({
  system: text,
  install: whole,
  state: installState,
  name: z.enum(LOG_NAMES),
  names: z.array(z.enum(LOG_NAMES)),
  text,
  from: whole,
  next: whole,
  total: whole,
  leftOutBytes: whole,
}) satisfies z.ZodType<InstallLog>;

export const installAnswers = {
  Install: install,
  PowerUp: powerUp,
  InstallList: listOf(install),
  Refusal: refusal,
  BatchReceipt: batchReceipt,
  InstallBatch: installBatch,
  InstallBatchList: listOf(installBatch),
  BatchProgress: batchProgress,
  QueueView: queueView,
  InstallPlan: installPlan,
  InstallLog: installLog,
};
