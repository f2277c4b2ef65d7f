import { describe, expect, it } from 'vitest';
import { installBadge, powerBadge } from '../../../../server/http/pages/badges.ts';
import { INSTALL_STATES } from '../../../../src/domain/install/install.ts';

const NOW = Date.parse('2026-11-22T09:00:00Z');
const AT = '2026-11-22T08:57:00Z';

describe('how an install stands', () => {
  it.each([
    ['queued', 'calm'],
    ['armed', 'busy'],
    ['booting', 'busy'],
    ['loading', 'busy'],
    ['installing', 'busy'],
    ['installed', 'busy'],
    ['configuring', 'busy'],
    ['ready', 'good'],
    ['failed', 'bad'],
    ['expired', 'warn'],
    ['cancelled', 'calm'],
  ] as const)('%s is %s, with its age', (state, tone) => {
    expect(installBadge({ state, stateAt: AT }, NOW)).toEqual({ tone, text: state, note: '3 min ago' });
  });

  it('is never only a colour, whatever the state', () => {
    for (const state of INSTALL_STATES) expect(installBadge({ state, stateAt: AT }, NOW).text).toBe(state);
    expect(installBadge(null, NOW)).toEqual({ tone: 'calm', text: 'never installed', note: null });
  });
});

describe('power', () => {
  const known = { checkedAt: AT, reason: 'asked for', lastKnown: null } as const;

  it.each([
    ['nobody has asked', null, { tone: 'calm', text: 'not known', note: null }],
    ['on', { ...known, state: 'on' }, { tone: 'good', text: 'on', note: '3 min ago' }],
    ['off', { ...known, state: 'off' }, { tone: 'calm', text: 'off', note: '3 min ago' }],
    [
      'no answer, ever',
      { ...known, state: 'unknown' },
      { tone: 'warn', text: 'no answer', note: '3 min ago' },
    ],
    [
      'no answer, and one before',
      { ...known, state: 'unknown', lastKnown: { state: 'on', at: '2026-11-20T09:00:00Z' } },
      { tone: 'warn', text: 'no answer', note: '3 min ago; on 2 days ago' },
    ],
    [
      'asked a moment ago',
      { ...known, state: 'on', checkedAt: new Date(NOW).toISOString() },
      { tone: 'good', text: 'on', note: 'now' },
    ],
  ] as const)('%s', (_says, power, badge) => expect(powerBadge(power, NOW)).toEqual(badge));
});
