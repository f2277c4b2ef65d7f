import { z } from 'zod';
import type { BmcInfo, BmcLogEntry, BmcSensor } from '../../../../src/domain/power/bmc-driver.ts';
import { BMC_FAILURES } from '../../../../src/domain/power/bmc-error.ts';
import { JOB_STATES, JOB_STEPS, type Job, type JobReceipt } from '../../../../src/domain/power/job.ts';
import {
  BOOT_DEVICES,
  type BootDeviceResult,
  FIRMWARES,
  type KnownPower,
  POWER_ACTIONS,
  type PowerStatus,
} from '../../../../src/domain/power/power.ts';
import { flag, keysOf, listOf, text, textOrNull, texts, time, timeOrNull, whole } from './parts.ts';
import { check } from './service.ts';

const powerState = z.enum(['on', 'off', 'unknown']);
export const knownPower = z.strictObject({
  state: powerState,
  checkedAt: time,
  reason: text,
  lastKnown: z.strictObject({ state: z.enum(['on', 'off']), at: time }).nullable(),
}) satisfies z.ZodType<KnownPower>;

const powerStatus = z.strictObject({
  system: text,
  state: powerState,
  checkedAt: time,
  failure: z.union([keysOf(BMC_FAILURES), z.enum(['not-found', 'no-power-control'])]).nullable(),
  reason: textOrNull,
  hint: textOrNull,
}) satisfies z.ZodType<PowerStatus>;

const job = z.strictObject({
  id: whole,
  batch: text,
  kind: z.literal('power'),
  system: text,
  action: z.enum(POWER_ACTIONS),
  state: z.enum(JOB_STATES),
  step: z.enum(JOB_STEPS),
  attempts: whole,
  requestedBy: text,
  createdAt: time,
  startAt: time,
  stepAt: time,
  timeoutSeconds: whole,
  updatedAt: time,
  finishedAt: timeOrNull,
  failure: z.union([keysOf(BMC_FAILURES), z.literal('interrupted')]).nullable(),
  message: text,
  hint: textOrNull,
}) satisfies z.ZodType<Job>;

export const shortRefusal = z.strictObject({ code: text, detail: text, hint: text });

const jobReceipt = z.strictObject({
  batch: text,
  items: z.array(
    z.strictObject({ system: text, job: job.nullable(), joined: flag, refused: shortRefusal.nullable() }),
  ),
  skipped: texts.describe('Chosen by what they have in common, and without power control.'),
}) satisfies z.ZodType<JobReceipt>;

const bootOverride = z.strictObject({
  device: z.enum(BOOT_DEVICES),
  firmware: z.enum(FIRMWARES),
  persistent: flag,
  httpBootUri: text.exactOptional(),
});

const bootDeviceResult = z.strictObject({
  asked: bootOverride,
  confirmed: bootOverride.nullable(),
  agrees: flag,
  doubt: textOrNull.describe('Why it may be for the wrong firmware, and what to do.'),
}) satisfies z.ZodType<BootDeviceResult>;

const bmcInfo = z.strictObject({
  vendor: textOrNull,
  model: textOrNull,
  serial: textOrNull,
  firmwareVersion: textOrNull,
  lan: z.strictObject({ address: text, mac: textOrNull }).nullable(),
}) satisfies z.ZodType<BmcInfo>;

const bmcSensor = z.strictObject({
  name: text,
  value: z.number().nullable(),
  unit: text,
  state: z.enum(['ok', 'warning', 'critical', 'unknown']),
}) satisfies z.ZodType<BmcSensor>;

const bmcLogEntry = z.strictObject({
  id: text,
  at: textOrNull.describe('ISO 8601; null where the clock of the BMC was not set.'),
  message: text,
}) satisfies z.ZodType<BmcLogEntry>;

export const powerAnswers = {
  KnownPower: knownPower,
  PowerStatus: powerStatus,
  PowerStatusList: z.strictObject({ items: z.array(powerStatus), skipped: texts }),
  Job: job,
  JobList: listOf(job),
  JobReceipt: jobReceipt,
  BootOverride: bootOverride,
  BootDevice: z.strictObject({ override: bootOverride.nullable() }),
  BootDeviceResult: bootDeviceResult,
  Identify: z.strictObject({ seconds: whole }),
  BmcInfo: bmcInfo,
  BmcSensor: bmcSensor,
  BmcSensorList: listOf(bmcSensor),
  BmcLogEntry: bmcLogEntry,
  BmcLogList: listOf(bmcLogEntry),
  CheckList: listOf(check),
};
