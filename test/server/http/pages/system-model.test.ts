import { describe, expect, it } from 'vitest';
import { actionsModel, headModel, recordFacts } from '../../../../server/http/pages/system-model.ts';
import { INSTALL_STATES } from '../../../../src/domain/install/install.ts';
import type { Job } from '../../../../src/domain/power/job.ts';
import { apiInstall, apiSystem } from '../../../support/api-records.ts';

const NOW = Date.parse('2026-11-22T09:03:00Z');
const LOCK = { reason: 'the only copy', by: 'ada', at: '2026-11-22T08:00:00Z' };

describe('what can be done', () => {
  const live = ['queued', 'armed', 'booting', 'loading', 'installing', 'installed', 'configuring'];

  it.each(INSTALL_STATES)('while an install is %s', (state) => {
    const install = apiInstall({ state, attempts: 2, attemptsUsed: 1 });
    const { install: form, canCancel } = actionsModel(apiSystem({ install }), NOW);
    expect(canCancel).toBe(live.includes(state));
    expect(form === null).toBe(live.includes(state));
  });

  it('with one that was never installed, is locked, is in service', () => {
    expect(actionsModel(apiSystem(), NOW)).toMatchObject({
      canCancel: false,
      hasPower: false,
      isLocked: false,
    });
    expect(actionsModel(apiSystem(), NOW).install).toMatchObject({
      isOpen: false,
      attempts: '1',
      power: true,
    });
    expect(actionsModel(apiSystem({ lock: LOCK }), NOW)).toMatchObject({ install: null, isLocked: true });
    expect(actionsModel(apiSystem({ inService: LOCK.at }), NOW)).toMatchObject({ isInService: true });
  });

  it('keeps what was ticked in a form that was refused', () => {
    const form = { attempts: '3', cycle: 'on', confirm: 'wrong' };
    const { install } = actionsModel(apiSystem(), NOW, { path: 'install', form });
    expect(install).toEqual({
      isOpen: true,
      isAgain: false,
      attempts: '3',
      power: false,
      cycle: true,
      allowAddressInUse: false,
    });
    const other = actionsModel(apiSystem(), NOW, { path: 'lock', form: { reason: 'mine' } });
    expect(other).toMatchObject({
      isLocking: true,
      lockReason: 'mine',
      install: { isOpen: false, power: true },
    });
  });
});

describe('what stands at the top', () => {
  it('is nothing that is not so', () => {
    expect(headModel(apiSystem(), [], NOW)).toMatchObject({
      power: null,
      lock: null,
      inService: null,
      ended: null,
      job: null,
      install: { text: 'never installed' },
    });
  });

  it.each([
    ['failed', 'look at its console', 'bad', 'The install failed: said \\u{1b}[2J'],
    ['expired', null, 'warn', 'The install expired: said \\u{1b}[2J'],
    ['cancelled', null, 'calm', 'The install was cancelled: said \\u{1b}[2J'],
    ['booting', null, 'busy', 'The install is booting: said \\u{1b}[2J'],
  ] as const)('is why an install is %s, and what to do', (state, hint, tone, says) => {
    const install = apiInstall({ state, reason: 'said \u001b[2J', hint });
    expect(headModel(apiSystem({ install }), [], NOW).ended).toEqual({ tone, says, hint });
  });

  it('is the lock, the service and the order under way', () => {
    const job = { action: 'cycle', message: 'waits\u0007' } as Partial<Job> as Job;
    expect(headModel(apiSystem({ lock: LOCK, inService: LOCK.at }), [job], NOW)).toMatchObject({
      lock: { reason: 'the only copy', by: 'ada', at: '2026-11-22 08:00:00' },
      inService: 'in service since 2026-11-22 08:00:00',
      job: 'power cycle: waits\\u{7}',
    });
  });
});

describe('facts of the record', () => {
  it('leave out what it does not have', () => {
    expect(recordFacts(apiSystem(), NOW).map(([name]) => name)).toEqual(['host name', 'profile', 'changed']);
  });

  it('tell of roles, secrets, comment and the last install', () => {
    const install = apiInstall({ attempts: 3, attemptsUsed: 1 });
    const system = apiSystem({
      roles: ['web', 'db'],
      secretsSet: ['rootPasswordHash'],
      comment: '<b>rack</b>',
      install,
    });
    expect(Object.fromEntries(recordFacts(system, NOW))).toMatchObject({
      roles: 'web, db',
      'secrets set': 'rootPasswordHash',
      comment: '<b>rack</b>',
      'last install': '1 of 3 attempts used, armed by ada 3 min ago',
      changed: '33 min ago',
    });
  });
});
