import { describe, expect, it } from 'vitest';
import {
  diagnosisAlert,
  stageRows,
  TIMELINE_SHOWN,
  timelineRows,
} from '../../../../server/http/pages/timeline-model.ts';
import type { BootEvent } from '../../../../src/domain/boot/boot-event.ts';
import type { Diagnosis } from '../../../../src/domain/install/diagnosis.ts';

const AT = '2026-11-22T09:00:00.000Z';
const event = (more: Partial<BootEvent> = {}): BootEvent => ({
  id: 1,
  at: AT,
  system: 'web001',
  mac: null,
  installId: 1,
  stage: 'progress',
  outcome: 'ok',
  message: 'packages',
  data: {},
  ...more,
});

describe('the timeline', () => {
  it('has the newest first, and no more than a page can bear', () => {
    const events = Array.from({ length: TIMELINE_SHOWN + 5 }, (_, id) => event({ id, message: `${id}` }));
    const rows = timelineRows(events);
    expect(rows).toHaveLength(TIMELINE_SHOWN);
    expect(rows[0]?.message).toBe(String(TIMELINE_SHOWN + 4));
    expect(timelineRows([])).toEqual([]);
  });

  it.each([
    ['ok', 'good'],
    ['warning', 'warn'],
    ['error', 'bad'],
  ] as const)('marks %s as %s', (outcome, tone) => {
    expect(timelineRows([event({ outcome })])[0]).toMatchObject({ outcome, tone });
  });

  it('makes what machines say harmless to the eye', () => {
    const [row] = timelineRows([
      event({ message: 'a\u001b[2Jb\u202ec', data: { lastLines: 'one\ttwo\n\u001b[31mred' } }),
    ]);
    expect(row?.message).toBe('a\\u{1b}[2Jb\\u{202e}c');
    expect(row?.lines).toBe('one\ttwo\n\\u{1b}[31mred');
    expect(timelineRows([event({ data: { lastLines: 7 } })])[0]?.lines).toBeNull();
  });

  it('sets off where the install has come to another state', () => {
    expect(timelineRows([event({ stage: 'state', message: 'armed' })])[0]).toMatchObject({ isTurn: true });
    expect(timelineRows([event()])[0]).toMatchObject({ isTurn: false });
  });
});

const missing = {
  name: 'loader',
  says: 'it fetched its loader',
  since: AT,
  waitedSeconds: 200,
  isLate: false,
  cause: { id: 'x', says: 'a firewall \u001b[2J', hint: 'look at TFTP' },
  evidence: [
    { at: AT, says: 'an offer', events: [1] },
    { at: null, says: 'no loader file', events: [] },
  ],
} as const;
const diagnosis = (state: 'booting' | 'failed', more: Partial<Diagnosis> = {}): Diagnosis => ({
  system: 'web001',
  install: { id: 1, state, reason: null, attempt: 1, attempts: 1 },
  stages: [],
  missing,
  ...more,
});

describe('what is missing', () => {
  it.each([
    ['in time', diagnosis('booting'), 'busy', 'Waiting for “it fetched its loader”, for 3 min so far'],
    [
      'late',
      diagnosis('booting', { missing: { ...missing, isLate: true } }),
      'bad',
      'Missing: “it fetched its loader”',
    ],
    ['failed', diagnosis('failed'), 'bad', 'Missing: “it fetched its loader”'],
  ])('is told of one that is %s', (_says, seen, tone, title) => {
    expect(diagnosisAlert(seen)).toMatchObject({ tone, title, hint: 'look at TFTP' });
  });

  it('has its cause and what was seen, harmless to the eye', () => {
    const alert = diagnosisAlert(diagnosis('failed'));
    expect(alert?.cause).toBe('Likeliest cause: a firewall \\u{1b}[2J');
    expect(alert?.evidence).toEqual(['2026-11-22 09:00:00  an offer', 'no loader file']);
  });

  it('is nothing where nothing is, or nothing was ever asked for', () => {
    expect(diagnosisAlert(diagnosis('booting', { missing: null }))).toBeNull();
    expect(diagnosisAlert(diagnosis('booting', { install: null }))).toBeNull();
  });
});

describe('the way of the machine', () => {
  const stage = { name: 'offer', says: 'it was offered one', reachedAt: null, tookSeconds: null, events: [] };

  it.each([
    ['reached', { reachedAt: AT, tookSeconds: 65 }, false, 'good', '09:00:00 (+1 min)'],
    ['reached', { reachedAt: AT }, false, 'good', '09:00:00'],
    ['passed', {}, false, 'calm', 'not seen'],
    ['missing', {}, false, 'busy', 'not yet'],
    ['missing', {}, true, 'bad', 'not yet'],
    ['ahead', {}, true, 'calm', 'ahead'],
  ] as const)('%s %j, late: %s', (state, more, isLate, tone, time) => {
    const stages = [{ ...stage, ...more, state } as Diagnosis['stages'][number]];
    const [row] = stageRows(diagnosis('booting', { stages, missing: { ...missing, isLate } }));
    expect(row).toMatchObject({ state, tone, time });
  });
});
