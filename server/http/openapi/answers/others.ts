import { z } from 'zod';
import { HANDOFF_STATES, type Handoff, type HandoffReceipt } from '../../../../src/domain/handoff/handoff.ts';
import { HANDOFF_FAILURES } from '../../../../src/domain/handoff/handoff-failure.ts';
import { DELIVERY_STATES, type Delivery, type DeliveryOutcome } from '../../../../src/domain/notification.ts';
import { installState } from './installs.ts';
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
import { shortRefusal } from './power.ts';

const handoff = z.strictObject({
  id: whole,
  batch: text,
  system: text,
  install: wholeOrNull,
  definition: text,
  driver: text,
  check: flag,
  state: z.enum(HANDOFF_STATES),
  stateAt: time,
  tries: whole,
  interruptions: whole,
  requestedBy: text,
  createdAt: time,
  startAt: time,
  updatedAt: time,
  finishedAt: timeOrNull,
  failure: keysOf(HANDOFF_FAILURES).nullable(),
  message: text,
  hint: textOrNull,
  changed: wholeOrNull,
}) satisfies z.ZodType<Handoff>;

const handoffReceipt = z.strictObject({
  batch: text,
  items: z.array(
    z.strictObject({ system: text, handoff: handoff.nullable(), refused: shortRefusal.nullable() }),
  ),
  skipped: texts,
}) satisfies z.ZodType<HandoffReceipt>;

const delivery = z.strictObject({
  id: whole,
  endpoint: text,
  notice: z.strictObject({
    id: whole,
    type: z.templateLiteral(['install.', installState]).or(z.literal('test')),
    at: time,
    system: text,
    install: z
      .strictObject({
        id: wholeOrNull,
        from: textOrNull,
        state: installState,
        stage: textOrNull,
        reason: textOrNull,
      })
      .nullable(),
  }),
  state: z.enum(DELIVERY_STATES),
  tries: whole,
  nextAt: timeOrNull,
  problem: textOrNull,
  createdAt: time,
  updatedAt: time,
}) satisfies z.ZodType<Delivery>;

const outcome = z.union([
  z.strictObject({ kind: z.literal('accepted') }),
  z.strictObject({ kind: z.literal('refused'), status: wholeOrNull, problem: text }),
]) satisfies z.ZodType<DeliveryOutcome>;

export const otherAnswers = {
  Handoff: handoff,
  HandoffList: listOf(handoff),
  HandoffReceipt: handoffReceipt,
  HandoffLog: z.strictObject({ text, next: whole, over: flag }),
  Delivery: delivery,
  DeliveryList: listOf(delivery),
  DeliveryOutcome: outcome,
  EndpointList: listOf(z.strictObject({ name: text, states: z.array(installState) })),
};
