import { describe, expect, it } from 'vitest';
import { keysThatNeedRestart, reloaded } from '../../server/reload.ts';
import { parseConfig } from '../../src/config.ts';

describe('a configuration that is read again', () => {
  const before = parseConfig(null, {});

  it('takes over command sets, and the rest of power control at the next start', () => {
    const after = parseConfig('power: { gapSeconds: 3, commands: { pdu: { on: [/bin/true] } } }', {});
    const now = reloaded(before, after);
    expect(now.power.commands['pdu']?.on).toEqual(['/bin/true']);
    expect(now.power.gapSeconds).toBe(before.power.gapSeconds);
    expect(keysThatNeedRestart(before, after)).toEqual(['power']);
  });

  it('needs no restart for what it has taken over', () => {
    const after = parseConfig(
      'power: { commands: { pdu: { on: [/bin/true] } } }\nloaders: { dirs: [/srv] }',
      {},
    );
    expect(keysThatNeedRestart(before, after)).toEqual([]);
  });
});
