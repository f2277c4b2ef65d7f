import { afterEach, describe, expect, it } from 'vitest';
import { type FuzzOptions, fuzz } from './fuzz.ts';
import { type Held, measureHeld } from './memory.ts';
import { type Failure, type FuzzTarget, failureOf, type OpenTarget, type Shot } from './target.ts';

/** Targets that were opened and not finished. */
let openTargets = 0;
afterEach(() => expect(openTargets).toBe(0));

/** A service that fails as `serve` says; it gets the packets one by one and may remember. */
function targetOf(serve: () => (bytes: Buffer) => void, atEnd: () => Failure | undefined = () => undefined) {
  const open: OpenTarget = async (): Promise<FuzzTarget> => {
    openTargets += 1;
    const take = serve();
    return {
      aim: (random) => ({
        bytes: Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256))),
        ...{ from: 0, to: 0, afterMs: 0 },
      }),
      shoot: async (shots) => {
        for (const { bytes } of shots) {
          try {
            take(bytes);
          } catch (error) {
            return failureOf('service', error, bytes);
          }
        }
        return undefined;
      },
      summary: () => 'nothing much',
      finish: async () => {
        openTargets -= 1;
        return atEnd();
      },
    };
  };
  return open;
}

/** A process that holds nothing, so that what the test runner holds is nobody's leak. */
const NOTHING: Held = { bytes: 0, resources: new Map() };
const shootAt = (open: OpenTarget, options: Partial<FuzzOptions> = {}) =>
  fuzz(open, { seed: 1, packets: 100_000, measure: async () => NOTHING, ...options });

const hexOf = (shots: readonly Shot[] | undefined) => shots?.map(({ bytes }) => bytes.toString('hex'));

describe('fuzzing', () => {
  it('uses all its packets where nothing fails', async () => {
    let taken = 0;
    const open = targetOf(() => () => {
      taken += 1;
    });
    const report = await shootAt(open, { packets: 1_050 });
    expect([report.packets, report.found, taken]).toEqual([1_050, undefined, 1_050]);
  });

  it('sends the same packets for the same seed, and ends when it is told', async () => {
    const seen = async (seed: number) => {
      const hex: string[] = [];
      const open = targetOf(() => (bytes) => void hex.push(bytes.toString('hex')));
      await shootAt(open, { seed, isOver: () => hex.length >= 400 });
      return hex;
    };
    const [first, again, other] = [await seen(1), await seen(1), await seen(2)];
    expect(first).toHaveLength(400);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('makes a packet that fails as small as it gets', async () => {
    const open = targetOf(() => (bytes) => {
      const at = bytes.indexOf(0x13);
      if (at >= 0 && bytes.indexOf(0x37, at) > at) throw new Error(`a fault at ${at}`);
    });
    const { found } = await shootAt(open);
    expect(found).toMatchObject({ alone: true, failure: { kind: 'service: Error: a fault at #' } });
    expect(hexOf(found?.shots)).toEqual(['1337']);
  });

  it('finds out which packets a fault needs', async () => {
    const open = targetOf(() => {
      let armed = false;
      return (bytes) => {
        if (armed && bytes[0] === 0x20) throw new Error('after a packet that ends in 10');
        armed ||= bytes.at(-1) === 0x10;
      };
    });
    const { found } = await shootAt(open);
    expect(found?.alone).toBe(true);
    expect(hexOf(found?.shots)).toEqual(['10', '20']);
  });

  it('says so where a fault does not show again', async () => {
    let failed = false;
    const open = targetOf(() => (bytes) => {
      if (failed || bytes[0] !== 0x20) return;
      failed = true;
      throw new Error('once');
    });
    const { found } = await shootAt(open);
    expect(found).toMatchObject({ alone: false, failure: { kind: 'service: Error: once' } });
    expect(found?.shots[0]?.bytes[0]).toBe(0x20);
  });

  it('looks at what is left at the end', async () => {
    const left = { kind: 'in flight', detail: 'one packet has no end' };
    const open = targetOf(
      () => () => {},
      () => left,
    );
    expect((await shootAt(open, { packets: 10 })).found).toMatchObject({ failure: left });
  });

  it('takes more resources than before for a leak', async () => {
    const held: Held[] = [1, 3, 3, 4].map((timers) => ({
      bytes: 0,
      resources: new Map([['Timeout', timers]]),
    }));
    const measure = async () => held.shift() ?? NOTHING;
    const { found } = await shootAt(
      targetOf(() => () => {}),
      { packets: 10, measure },
    );
    expect(found?.failure).toEqual({ kind: 'leak: resources', detail: 'still held at the end: 3 × Timeout' });
  });

  it('takes memory that grows for a leak', async () => {
    const kept: Buffer[] = [];
    const open = targetOf(() => () => void kept.push(Buffer.alloc(100_000, 1)));
    const measure = async () => ({ ...NOTHING, bytes: (await measureHeld()).bytes });
    const { found } = await shootAt(open, { packets: 400, measure });
    expect(found?.failure).toMatchObject({
      kind: 'leak: memory',
      detail: expect.stringMatching(/^\d+\.\d MB/),
    });
    expect(kept).toHaveLength(400);
  });
});

describe('what a process holds', () => {
  it('counts timers', async () => {
    const timers = Array.from({ length: 50 }, () => setInterval(() => {}, 60_000));
    const { resources } = await measureHeld();
    for (const timer of timers) clearInterval(timer);
    expect(resources.get('Timeout')).toBeGreaterThanOrEqual(50);
    expect((await measureHeld()).resources.get('Timeout') ?? 0).toBeLessThan(50);
  });
});
