import { z } from 'zod';
import { type Diagnosis, ROUTE_STAGES } from '../../../../src/domain/install/diagnosis.ts';
import {
  EXPLAIN_STEPS,
  type Explanation,
  FIRMWARE_KINDS,
} from '../../../../src/domain/install/explanation.ts';
import { installState } from './installs.ts';
import { flag, text, textOrNull, texts, time, timeOrNull, whole } from './parts.ts';
import { data } from './service.ts';

const stageName = z.enum(ROUTE_STAGES);
const ids = z.array(whole).describe('Ids of the events that say so.');

const diagnosis = z.strictObject({
  system: text,
  install: z
    .strictObject({ id: whole, state: installState, reason: textOrNull, attempt: whole, attempts: whole })
    .nullable(),
  stages: z.array(
    z.strictObject({
      name: stageName,
      says: text,
      state: z.enum(['reached', 'passed', 'missing', 'ahead']),
      reachedAt: timeOrNull,
      tookSeconds: z.number().nullable(),
      events: ids,
    }),
  ),
  missing: z
    .strictObject({
      name: stageName,
      says: text,
      since: time,
      waitedSeconds: z.number(),
      isLate: flag,
      cause: z.strictObject({ id: text, says: text, hint: text }),
      evidence: z.array(z.strictObject({ at: timeOrNull, says: text, events: ids })),
    })
    .nullable(),
}) satisfies z.ZodType<Diagnosis>;

const explanation = z.strictObject({
  mac: text,
  system: textOrNull,
  firmware: z.strictObject({ kind: z.enum(FIRMWARE_KINDS), from: text }),
  isIpxe: flag,
  subnet: textOrNull,
  by: text,
  isAsIfArmed: flag,
  install: z.strictObject({ id: whole, state: installState }).nullable(),
  steps: z.array(
    z.strictObject({
      name: z.enum(EXPLAIN_STEPS),
      outcome: z.enum(['ok', 'warning', 'error']),
      says: text,
      why: textOrNull,
      hint: textOrNull,
      text: textOrNull,
      data,
    }),
  ),
}) satisfies z.ZodType<Explanation>;

/** What an inventory script of Ansible prints for `--list`. */
const ansibleInventory = z
  .object({
    _meta: z.strictObject({
      hostvars: z.record(
        text,
        z.looseObject({ ansible_host: text, provision: z.looseObject({ name: text }) }),
      ),
      omitted: z.record(text, text).describe('Machines that are left out, each with the reason.'),
    }),
    all: z.strictObject({ children: texts }),
  })
  .catchall(z.strictObject({ hosts: texts }));

export const insightAnswers = {
  Diagnosis: diagnosis,
  Explanation: explanation,
  AnsibleInventory: ansibleInventory,
};
