import { describe, expect, it } from 'vitest';
import { createEventLog } from '../../server/event-log.ts';
import { createLog } from '../../server/log.ts';
import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';

const EVENT: NewBootEvent = {
  systemId: 7,
  mac: '52:54:00:12:34:56',
  installId: 3,
  stage: 'kernel',
  outcome: 'ok',
  message: 'sent',
  data: { bytes: 1 },
};

function linesOf(level: string, tell: (log: ReturnType<typeof createEventLog>) => void): object[] {
  const lines: object[] = [];
  tell(createEventLog(createLog(level, { write: (line: string) => lines.push(JSON.parse(line)) })));
  return lines;
}

describe('createEventLog', () => {
  it.each([
    { outcome: 'ok', level: 20 },
    { outcome: 'warning', level: 40 },
    { outcome: 'error', level: 40 },
  ] as const)('an event that is $outcome: level $level, and whose it is', ({ outcome, level }) => {
    expect(linesOf('trace', (log) => log.event({ ...EVENT, outcome }))).toEqual([
      {
        level,
        time: expect.any(String),
        mac: '52:54:00:12:34:56',
        systemId: 7,
        installId: 3,
        stage: 'kernel',
        outcome,
        msg: 'sent',
      },
    ]);
  });

  it('is silent about what went well, unless one wants to know', () => {
    expect(linesOf('info', (log) => log.event(EVENT))).toEqual([]);
  });

  it('keeps the text of a machine within its line', () => {
    const message = 'the machine reports: "\n{\u001b[2J%s';
    expect(linesOf('debug', (log) => log.event({ ...EVENT, message }))).toMatchObject([{ msg: message }]);
  });

  it('tells what was lost, and why', () => {
    const lines = linesOf('info', (log) => log.lost(new Error('disk full'), 2));
    expect(lines).toMatchObject([{ level: 50, count: 2, err: { message: 'disk full' } }]);
  });
});
