import { createIpmiDriver } from '../../server/bmc/ipmi-driver.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { BmcNet } from '../support/bmc-sim/bmc-net.ts';
import type { BmcOptions } from '../support/bmc-sim/options.ts';
import { bmcTarget } from '../support/bmc-target.ts';
import { EVERY_ANSWER, isKeyless, STEP_BYTES, spoilByRecipe } from './ipmi-recipe.ts';
import { picker } from './random.ts';
import { type Failure, type FuzzTarget, failureOf, type Shot } from './target.ts';

/** What is asked, and what an honest BMC answers: `Shot.from` is the index. */
const QUESTIONS: readonly ((session: BmcSession) => Promise<unknown>)[] = [
  (session) => session.powerState(),
  (session) => session.power('off'),
  (session) => session.power('cycle'),
  (session) => session.setBootDevice({ device: 'pxe', firmware: 'uefi', persistent: false }),
  (session) => session.bootDevice(),
  (session) => session.identify(5),
  (session) => session.info(),
  (session) => session.sensors(),
  (session) => session.log(10),
];

/** What is asked, of which kind of BMC: `Shot.to` is the index. */
const BMCS: readonly Partial<BmcOptions>[] = [
  {},
  { suites: [3] },
  { suites: [8] },
  { sessionSlots: 1 },
  { passwordBytes: 16 },
  { failsThoughDone: 0xff },
  { unreadableBootParameters: [3, 5] },
];

const PASSWORD = 'a password that none';
/** Answers of the longest honest session, and some more. */
const ANSWERS = 24;
/** The text of an outcome goes into logs and terminals. */
const PLAIN = /^[\x20-\x7e]*$/;

/** The IPMI driver, all of it but sockets, clock and randomness; a shot is one session whose answers are spoilt. */
export async function openIpmiTarget(): Promise<FuzzTarget> {
  const net = new BmcNet();
  const { bindPeers, random, timers } = net;
  const counts = new Map<string, number>();
  let failure: Failure | undefined;
  const fail = (found: Failure) => {
    failure ??= found;
  };
  const driver = createIpmiDriver({
    bindPeers,
    random,
    now: timers.now,
    startTimer: timers.start,
    onError: (error) => fail(failureOf('socket', error)),
  });
  const askOne = async ({ bytes, from, to, afterMs }: Shot, slot: number): Promise<void> => {
    const place = { address: `10.1.0.${1 + slot}`, port: 623 };
    const bmc = net.add(
      { options: { ...BMCS[to], users: [{ name: 'admin', password: PASSWORD, privilege: 4 }] } },
      place,
    );
    bmc.spoil = spoilByRecipe(bytes);
    const question = QUESTIONS[from] ?? (() => Promise.resolve());
    const giveUp = new AbortController();
    const patience =
      afterMs > 0 ? timers.start(afterMs, () => giveUp.abort(new BmcError('timeout', 'given up'))) : () => {};
    const target = bmcTarget({ ...place, user: 'admin', password: new Secret(PASSWORD) });
    const outcome = await driver.withSession(target, question, { signal: giveUp.signal }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    patience();
    const wrong = judge(outcome, { isHonest: isKeyless(bytes) && to === 0, question: from });
    const kind =
      'value' in outcome ? 'answered' : outcome.error instanceof BmcError ? outcome.error.failure : 'broken';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (wrong !== undefined) fail({ ...wrong, bytes });
  };
  return {
    aim: aimIpmi,
    async shoot(shots) {
      try {
        await net.run(Promise.all(shots.map((shot, slot) => askOne(shot, slot))));
      } catch (error) {
        return failureOf('network', error);
      }
      return failure;
    },
    summary: () => [...counts].map(([kind, count]) => `${count} ${kind}`).join(', '),
    async finish() {
      await driver.close();
      timers.advance(3_600_000);
      if (timers.waiting > 0) fail({ kind: 'leak: timers', detail: `${timers.waiting} timers wait` });
      return failure;
    },
  };
}

function aimIpmi(random: () => number): Shot {
  const pick = picker(random);
  const steps = Buffer.alloc(STEP_BYTES * (1 + pick.below(3)));
  const answer = () => (pick.chance(70) ? pick.below(ANSWERS) : EVERY_ANSWER + pick.below(16));
  const byte = () => (pick.chance(70) ? pick.below(256) : pick.below(20));
  for (let at = 0; at < steps.length; at += 1) steps[at] = at % STEP_BYTES === 0 ? answer() : byte();
  return {
    bytes: steps,
    from: pick.below(QUESTIONS.length),
    to: pick.chance(70) ? 0 : pick.below(BMCS.length),
    afterMs: pick.chance(95) ? 0 : 1 + pick.below(20_000),
  };
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** What an honest BMC answers to the question of this index; undefined where nothing is answered at all. */
const HONEST = new Map<number, unknown>([
  [0, 'on'],
  [3, { device: 'pxe', firmware: 'uefi', persistent: false }],
  [4, null],
]);

function judge(outcome: Outcome, about: { isHonest: boolean; question: number }): Failure | undefined {
  if ('error' in outcome) {
    if (!(outcome.error instanceof BmcError)) return failureOf('not an outcome', outcome.error);
    const { message } = outcome.error;
    if (!PLAIN.test(message)) return { kind: 'outcome: not plain', detail: JSON.stringify(message) };
    return message.includes(PASSWORD) ? { kind: 'outcome: tells the password', detail: message } : undefined;
  }
  const honest = HONEST.get(about.question);
  const isRight =
    !about.isHonest || honest === undefined || JSON.stringify(outcome.value) === JSON.stringify(honest);
  if (isRight) return undefined;
  return { kind: `believed: question ${about.question}`, detail: JSON.stringify(outcome.value) };
}
