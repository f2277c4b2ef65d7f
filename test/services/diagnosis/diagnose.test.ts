import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../../../src/domain/boot/boot-event.ts';
import { ROUTE_STAGES } from '../../../src/domain/install/diagnosis.ts';
import { INSTALL_FAILURES, INSTALL_STATES } from '../../../src/domain/install/install.ts';
import { diagnose } from '../../../src/services/diagnosis/diagnose.ts';
import { ROUTE } from '../../../src/services/diagnosis/route.ts';
import {
  diagnoseCase,
  OFFER,
  POWER_UP,
  ROM,
  type Seen,
  TO_ACK,
  TO_ANSWER,
  TO_INSTALLED,
  TO_INSTALLER,
} from '../../support/diagnosis-case.ts';

const namesOf = (state: string, ...args: Parameters<typeof diagnoseCase>) =>
  diagnoseCase(...args)
    .stages.filter((stage) => stage.state === state)
    .map(({ name }) => name);

describe('the way of an install', () => {
  it('has its stages in order, each with its time, what it took and the events that say so', () => {
    expect(ROUTE.map(({ name }) => name)).toEqual([...ROUTE_STAGES]);
    const { stages } = diagnoseCase({ seen: TO_ACK, now: 60 });
    expect(stages.slice(0, 4)).toEqual([
      {
        name: 'discover',
        says: 'the firmware asked for an address (DISCOVER)',
        state: 'reached',
        reachedAt: '2026-11-22T09:00:01.000Z',
        tookSeconds: null,
        events: [1],
      },
      expect.objectContaining({ name: 'offer', tookSeconds: 1, events: [2] }),
      expect.objectContaining({ name: 'ack', tookSeconds: 2, events: [4] }),
      expect.objectContaining({ name: 'loader', state: 'missing', reachedAt: null, events: [] }),
    ]);
  });

  it('is that of this machine: power, image and hand-off only where there are any', () => {
    const all = (given: Parameters<typeof diagnoseCase>[0]) =>
      diagnoseCase(given).stages.map(({ name }) => name);
    const plain = all({ seen: [] });
    expect(plain).not.toEqual(expect.arrayContaining(['power-on']));
    for (const name of ['image', 'ssh', 'hand-off']) expect(plain).not.toContain(name);
    expect(all({ seen: [], facts: { isImage: true }, install: { handoff: 'site' } })).toEqual(
      expect.arrayContaining(['image', 'ssh', 'hand-off']),
    );
  });

  it('a machine that is heard before its BMC says so was switched on all the same', () => {
    const powerUp = { ...POWER_UP, step: 'done', outcome: 'netbooted' } as const;
    const seen: Seen[] = [ROM, { stage: 'power', message: 'boots from the network', data: { step: 'done' } }];
    const [powerOn] = diagnoseCase({ seen, install: { powerUp } }).stages;
    expect(powerOn).toMatchObject({ name: 'power-on', state: 'reached' });
  });

  it('what went unseen before something that was seen is passed', () => {
    const seen: Seen[] = [{ stage: 'boot-script' }];
    expect(namesOf('passed', { seen })).toEqual(['discover', 'offer', 'ack', 'loader', 'loader-runs']);
    expect(namesOf('missing', { seen })).toEqual(['kernel']);
  });

  it('nobody waits for a restart by way of the network', () => {
    expect(namesOf('missing', { seen: TO_INSTALLED, install: { state: 'installed' } })).toEqual([
      'first-boot',
    ]);
  });

  it('is judged by time, in whatever order events were written', () => {
    const seen: Seen[] = [
      { ...OFFER, at: 2 },
      { ...ROM, at: 1 },
    ];
    const [discover, offer] = diagnoseCase({ seen }).stages;
    expect([discover?.tookSeconds, offer?.tookSeconds]).toEqual([null, 1]);
  });

  it('heeds no event of another install', () => {
    const seen = TO_ANSWER.map((one) => ({ ...one, installId: 6 }));
    expect(namesOf('reached', { seen })).toEqual([]);
    // What is of none counts from the time on at which it was armed.
    expect(namesOf('reached', { seen: [{ ...ROM, installId: null, at: -5 }] })).toEqual([]);
    expect(namesOf('reached', { seen: [{ ...ROM, installId: null, at: 5 }] })).toEqual(['discover']);
  });
});

describe('attempts', () => {
  it('the last one counts, from its DISCOVER on', () => {
    const found = diagnoseCase({ seen: [...TO_INSTALLER, ...TO_ACK], install: { attempts: 2 } });
    expect(found.install).toMatchObject({ attempt: 2, attempts: 2 });
    expect(found.missing?.name).toBe('loader');
  });

  it('a machine that is sent to its disk has begun no other', () => {
    const local = { ...OFFER, data: { ...OFFER.data, action: 'local' } };
    const found = diagnoseCase({ seen: [...TO_INSTALLER, ROM, local] });
    expect([found.install?.attempt, found.missing?.name]).toEqual([1, 'installed']);
  });
});

describe('what is missing', () => {
  it('is not late as long as machines take so long', () => {
    const early = diagnoseCase({ seen: TO_ACK, now: 30 }).missing;
    expect([early?.waitedSeconds, early?.isLate]).toEqual([26, false]);
    expect(diagnoseCase({ seen: TO_ACK, now: 600 }).missing?.isLate).toBe(true);
  });

  it('of an install that is over is late, and waited until then', () => {
    const install = { state: 'failed', stateAt: '2026-11-22T09:00:34.000Z' } as const;
    const missing = diagnoseCase({ seen: TO_ACK, install }).missing;
    expect([missing?.isLate, missing?.waitedSeconds]).toEqual([true, 30]);
  });

  it('comes with what was seen: the last offer, what the cause goes by, and what was heard last', () => {
    const evidence = diagnoseCase({ seen: TO_ACK }).missing?.evidence;
    expect(evidence?.map(({ events }) => events)).toEqual([[2], [4]]);
  });

  it('is nothing where the system is in service, or none was ever armed', () => {
    const ready = diagnoseCase({ seen: [], install: { state: 'ready' } });
    expect([ready.missing, ready.stages.every(({ state }) => state === 'passed')]).toEqual([null, true]);
    const facts = { system: 'web001' } as Parameters<typeof diagnose>[2];
    expect(diagnose(null, [], facts, 0)).toEqual({
      system: 'web001',
      install: null,
      stages: [],
      missing: null,
    });
  });
});

it('whatever was seen, there is one first missing stage, and words for it', () => {
  const seen = fc.record({
    stage: fc.constantFrom(...STAGES),
    at: fc.integer({ min: -100, max: 5000 }),
    outcome: fc.constantFrom('ok', 'warning', 'error'),
    installId: fc.constantFrom(7, null, 6),
    data: fc.dictionary(
      fc.constantFrom('netboot', 'ipxe', 'action', 'name', 'result', 'file', 'code', 'to', 'step', 'relay'),
      fc.oneof(
        fc.boolean(),
        fc.constantFrom('install', 'complete', 'aborted', 'not-yours', 'i/x/kernel', 'watch'),
      ),
    ),
  });
  const property = fc.property(
    fc.array(seen as fc.Arbitrary<Seen>, { maxLength: 40 }),
    fc.constantFrom(...INSTALL_STATES),
    fc.constantFrom(null, ...INSTALL_FAILURES),
    (events, state, failure) => {
      const { stages, missing } = diagnoseCase({
        seen: events,
        install: { state, failure, handoff: 'site' },
      });
      const first = stages.filter((stage) => stage.state === 'missing');
      expect(first.map(({ name }) => name)).toEqual(missing === null ? [] : [missing.name]);
      const at = stages.findIndex(({ name }) => name === missing?.name);
      if (missing !== null) {
        expect(stages.slice(at + 1).every((stage) => stage.state === 'ahead')).toBe(true);
        expect(missing.cause.says.length * missing.cause.hint.length).toBeGreaterThan(0);
      }
    },
  );
  fc.assert(property, { seed: 20_261_122, numRuns: 500 });
});
