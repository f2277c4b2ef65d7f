import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../src/services/diagnosis/diagnose.ts';
import { diagnoseCase } from '../../support/diagnosis-case.ts';
import { INSTALLER_CASES } from './installer-cases.ts';
import { LOADER_CASES } from './loader-cases.ts';
import { NETWORK_CASES } from './network-cases.ts';

const CASES = [...NETWORK_CASES, ...LOADER_CASES, ...INSTALLER_CASES];

describe('the first stage that was not reached, and the likeliest cause', () => {
  it.each(CASES)('$name: $missing, $cause', ({ missing, cause, says, hint, ...given }) => {
    const found = diagnoseCase(given).missing;
    expect([found?.name, found?.cause.id]).toEqual([missing, cause]);
    if (says !== undefined) expect(found?.cause.says).toMatch(says);
    if (hint !== undefined) expect(found?.cause.hint).toMatch(hint);
    // Words for people, made out of what is there.
    for (const text of [found?.cause.says, found?.cause.hint]) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object|^$/);
    }
  });

  it('every row of the table has a case', () => {
    const seen = new Set(CASES.map(({ cause }) => cause));
    expect(CAUSES.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it('no two rows have the same id', () => {
    expect(new Set(CAUSES.map(({ id }) => id)).size).toBe(CAUSES.length);
  });
});
