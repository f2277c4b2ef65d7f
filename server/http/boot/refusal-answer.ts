import type { Refusal } from '../../../src/services/boot/boot.ts';
import { type BootAnswer, PLAIN_TEXT, wholeAnswer } from './answer.ts';

const STATUS: Readonly<Record<Refusal['refused'], number>> = { unknown: 404, 'not-yours': 403, over: 410 };

/** What a machine is told that gets nothing. */
export function refusalAnswer({ refused, reason }: Refusal): BootAnswer {
  return wholeAnswer(STATUS[refused], PLAIN_TEXT, `${reason}\n`);
}
