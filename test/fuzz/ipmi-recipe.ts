import { checksum } from '../support/bmc-sim/message.ts';
import type { Sent, SpoilBy, SpoiltStage } from '../support/bmc-sim/spoil.ts';

/** Bytes of one step of a recipe: which answer, what is done to it, where, and with which byte. */
export const STEP_BYTES = 4;

interface Step {
  readonly answer: number;
  readonly what: number;
  readonly where: number;
  readonly value: number;
}

type Change = (bytes: Buffer, step: Step) => Buffer;

const at = ({ where }: Step, bytes: Buffer) => where % (bytes.length + 1);

const setByte: Change = (bytes, step) => {
  const changed = Buffer.from(bytes);
  const index = at(step, bytes);
  if (index < changed.length) changed[index] = step.value;
  return changed;
};

const CHANGES: readonly Change[] = [
  setByte,
  (bytes, step) => bytes.subarray(0, at(step, bytes)),
  (bytes, step) => {
    const index = at(step, bytes);
    return Buffer.concat([bytes.subarray(0, index), Buffer.from([step.value]), bytes.subarray(index)]);
  },
  (bytes, { where, value }) => Buffer.concat([bytes, Buffer.alloc(16 * where, value)]),
];

type Sending = (sent: readonly Sent[], step: Step, earlier: Buffer) => readonly Sent[];
const soon = (bytes: Buffer): Sent => ({ bytes, afterMs: 0 });

/** What whoever sits on the way can do as well: without the keys, nothing of it may be believed. */
const SENDINGS: readonly Sending[] = [
  ...CHANGES.map(
    (change): Sending =>
      (sent, step) =>
        sent.map(({ bytes, afterMs }) => ({ bytes: change(bytes, step), afterMs })),
  ),
  () => [],
  (sent) => [...sent, ...sent],
  (_, __, earlier) => [soon(earlier)],
  (sent, { where, value }) => sent.map(({ bytes, afterMs }) => ({ bytes, afterMs: afterMs + where * value })),
  (sent, { where, value }) => [soon(Buffer.alloc(where, value)), ...sent],
];

/** Kinds of steps: those that need the keys come after those that do not. */
const KEYLESS = SENDINGS.length;
const KINDS = KEYLESS + CHANGES.length + 3;
const PADDING = KINDS - 3;
const SESSION_ID = KINDS - 2;
const COMPLETION_CODE = KINDS - 1;
/** Of kinds that change a message: without this bit its checksums are made right again. */
const WRONG_CHECKSUM = 0x80;

/** From this number on, a step is about every answer of one stage. */
export const EVERY_ANSWER = 0xf0;
const STAGES: readonly SpoiltStage[] = ['open', 'rakp2', 'rakp4', 'command', 'capabilities'];

/** What is done to the answers of one session, as bytes: any bytes are a recipe, and shorter ones do less. */
export function spoilByRecipe(recipe: Buffer): SpoilBy {
  const steps = readSteps(recipe);
  let answer = 0;
  return (stage) => {
    const here = () =>
      steps.filter(({ answer: of }) =>
        of < EVERY_ANSWER ? of === answer : STAGES[of % STAGES.length] === stage,
      );
    const isSetUp = stage !== 'command';
    return {
      payload: (bytes) => here().reduce((payload, step) => changePayload(payload, step, isSetUp), bytes),
      padding: (length) => {
        const step = here().find(({ what }) => kindOf(what) === PADDING);
        const right = Buffer.from([...Array.from({ length }, (_, index) => index + 1), length]);
        if (step !== undefined) right[right.length - 1] = step.value;
        return right;
      },
      sessionId: (right) => {
        const step = here().find(({ what }) => kindOf(what) === SESSION_ID);
        return step === undefined ? right : (right ^ (step.value << (step.where % 24))) >>> 0;
      },
      datagrams: (right, earlier) => {
        const sent = here().reduce<readonly Sent[]>(
          (all, step) => SENDINGS[kindOf(step.what)]?.(all, step, earlier) ?? all,
          [soon(right)],
        );
        answer += 1;
        return sent;
      },
    };
  };
}

/** Does nothing of the recipe need the keys of the session? Then it can make nobody believe what is not so. */
export function isKeyless(recipe: Buffer): boolean {
  return readSteps(recipe).every(({ what }) => kindOf(what) < KEYLESS);
}

const kindOf = (what: number) => (what & ~WRONG_CHECKSUM) % KINDS;

function readSteps(recipe: Buffer): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index + STEP_BYTES <= recipe.length; index += STEP_BYTES) {
    const [answer = 0, what = 0, where = 0, value = 0] = recipe.subarray(index, index + STEP_BYTES);
    steps.push({ answer, what, where, value });
  }
  return steps;
}

/** A change before it is encrypted and signed, or of the completion code (IPMI 2.0 §13.8). */
function changePayload(payload: Buffer, step: Step, isSetUp: boolean): Buffer {
  const kind = kindOf(step.what);
  const change = CHANGES[kind - KEYLESS];
  const changed =
    change !== undefined
      ? change(payload, step)
      : kind === COMPLETION_CODE
        ? setByte(payload, { ...step, where: 6 })
        : payload;
  if (changed === payload || isSetUp || (step.what & WRONG_CHECKSUM) !== 0) return changed;
  return withChecksums(changed);
}

function withChecksums(message: Buffer): Buffer {
  if (message.length < 4) return message;
  const right = Buffer.from(message);
  right[2] = checksum(right.subarray(0, 2));
  right[right.length - 1] = checksum(right.subarray(3, -1));
  return right;
}
