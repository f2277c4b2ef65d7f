import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf, leavesOf } from '../../../../../server/http/pages/form/schema-fields.ts';
import { SYSTEM_GROUPS, SYSTEM_TEXTS } from '../../../../../server/http/pages/form/system-fields.ts';
import { systemInput } from '../../../../../src/domain/records/system.ts';

const FIELDS = fieldsOf(systemInput);
const leaf = (path: string) => leavesOf(FIELDS).find((field) => field.path === path);

describe('the fields of a schema', () => {
  it('have the kind, limits and defaults of the schema', () => {
    expect(leaf('name')).toMatchObject({ kind: 'text', nullable: false, optional: false });
    expect(leaf('name')?.fallback).toBeUndefined();
    expect(leaf('comment')).toMatchObject({ kind: 'text', fallback: '', maxLength: 1000 });
    expect(leaf('roles')).toMatchObject({ kind: 'lines', fallback: [] });
    expect(leaf('interfaces.*.ip')).toMatchObject({ kind: 'text', nullable: true, fallback: null });
    expect(leaf('bmc.port')).toMatchObject({ kind: 'number', min: 1, max: 65_535, nullable: true });
    expect(leaf('bmc.cipherSuite')).toMatchObject({ kind: 'choice', choices: [3, 17], nullable: true });
    expect(leaf('bmc.privilege')).toMatchObject({ kind: 'choice', fallback: 'operator' });
    expect(leaf('bmc.shared')).toMatchObject({ kind: 'flag', fallback: false });
    expect(leaf('settings.vars')).toMatchObject({ kind: 'pairs', optional: true });
    expect(leaf('dhcpOptions.*.code')).toMatchObject({ kind: 'number', min: 1, max: 254 });
  });

  it('know how many entries a list may have', () => {
    expect(FIELDS.find(({ key }) => key === 'interfaces')).toMatchObject({ type: 'list', most: 64 });
  });

  it('refuses a kind that no form has shown yet', () => {
    expect(() => fieldsOf(z.object({ when: z.date() }))).toThrow(/'when'/);
  });
});

describe('the table of texts', () => {
  it('has a row for every field of a system, and none for another', () => {
    const paths = leavesOf(FIELDS).map(({ path }) => path);
    expect(Object.keys(SYSTEM_TEXTS).sort()).toEqual(paths.sort());
  });

  it('has every field in one part of the form', () => {
    const placed = SYSTEM_GROUPS.flatMap(({ fields }) => fields);
    expect([...placed].sort()).toEqual(FIELDS.map(({ key }) => key).sort());
  });
});
