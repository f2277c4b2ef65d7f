import { expect, it } from 'vitest';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import { limitEvents } from '../../../src/services/events/event-budget.ts';

const START_MS = 1_000_000_000_000;

function eventOf(systemId: number): NewBootEvent {
  const base = { mac: null, installId: null, stage: 'dhcp-discover', outcome: 'ok', message: 'PXE' } as const;
  return { ...base, systemId, data: { archCodes: '7' } };
}

/** A clock to set, and what was passed on. */
function bench() {
  const clock = { nowMs: START_MS };
  const passed: NewBootEvent[] = [];
  const record = limitEvents(
    (event) => passed.push(event),
    () => clock.nowMs,
  );
  const flood = (systemId: number, count: number) => {
    for (let n = 0; n < count; n += 1) record(eventOf(systemId));
  };
  return { clock, passed, flood };
}

it('takes sixty events of a machine at once, and no more', () => {
  const { passed, flood } = bench();
  flood(1, 10_000);
  expect(passed).toEqual(Array.from({ length: 60 }, () => eventOf(1)));
});

it('takes those of another machine meanwhile', () => {
  const { passed, flood } = bench();
  flood(1, 10_000);
  flood(2, 3);
  expect(passed.filter(({ systemId }) => systemId === 2)).toHaveLength(3);
});

it('then takes one a second, and says how many were left out', () => {
  const { clock, passed, flood } = bench();
  flood(1, 100);
  clock.nowMs += 2_500;
  flood(1, 100);
  expect(passed.slice(60)).toEqual([{ ...eventOf(1), data: { archCodes: '7', leftOut: 40 } }, eventOf(1)]);
  clock.nowMs += 500;
  flood(1, 1);
  expect(passed.at(-1)?.data).toEqual({ archCodes: '7', leftOut: 98 });
});

it('after a minute of silence takes sixty again', () => {
  const { clock, passed, flood } = bench();
  flood(1, 100);
  clock.nowMs += 3_600_000;
  flood(1, 100);
  expect(passed).toHaveLength(120);
});

it('loses nothing but time when the clock is set back', () => {
  const { clock, passed, flood } = bench();
  flood(1, 10);
  clock.nowMs -= 3_600_000;
  flood(1, 10);
  expect(passed).toHaveLength(20);
});
