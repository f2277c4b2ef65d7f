import { describe, expect, it } from 'vitest';
import { type FormParts, formGroups } from '../../../../../server/http/pages/form/form-model.ts';
import { valuesOf } from '../../../../../server/http/pages/form/form-values.ts';
import { fieldsOf } from '../../../../../server/http/pages/form/schema-fields.ts';
import { systemInput } from '../../../../../src/domain/records/system.ts';
import { apiSystem } from '../../../../support/api-records.ts';

const fields = fieldsOf(systemInput);
const groups = (more: Partial<FormParts> = {}) =>
  formGroups({
    fields,
    values: valuesOf(fields, apiSystem()),
    problems: [],
    names: { profiles: ['debian-13', 'rocky-9'], subnets: ['lab'] },
    secretsSet: [],
    ...more,
  });
const group = (id: string, more: Partial<FormParts> = {}) => groups(more).find((one) => one.id === id);
const field = (id: string, name: string, more: Partial<FormParts> = {}) => {
  const found = group(id, more);
  const rows = found?.lists.flatMap((list) => list.rows.flatMap((row) => [...row.fields, ...row.more])) ?? [];
  return [...(found?.fields ?? []), ...(found?.more ?? []), ...rows].find((one) => one.name === name);
};

describe('a field', () => {
  it('offers the records that there are, and what the record has already', () => {
    const chosen = (value: string) => field('basics', 'profile', { values: { profile: value } })?.choices;
    expect(chosen('rocky-9')?.map(({ value, isChosen }) => [value, isChosen])).toEqual([
      ['', false],
      ['debian-13', false],
      ['rocky-9', true],
    ]);
    expect(chosen('gone')?.map(({ value }) => value)).toContain('gone');
  });

  it('that is secret is never sent, and can be taken away where it is set', () => {
    const values = { 'bmc.password': 'geheim-4711', 'bmc.password#clear': 'on' };
    const set = field('power', 'bmc.password', { values, secretsSet: ['bmc.password'] });
    expect(set).toMatchObject({
      widget: 'secret',
      value: '',
      clear: { name: 'bmc.password#clear', isTicked: true },
    });
    expect(field('power', 'bmc.password', { values })).toMatchObject({ value: '', clear: null });
  });

  it('that means something where it is empty need not be filled in', () => {
    const values = { 'dhcpOptions.0.code': '42', 'dhcpOptions.0.value': '' };
    expect(field('dhcp', 'dhcpOptions.0.code', { values })).toMatchObject({ isRequired: true });
    expect(field('dhcp', 'dhcpOptions.0.value', { values })).toMatchObject({ isRequired: false });
  });

  it('has its problems, and hostile texts as they are', () => {
    const hostile = '"><script>';
    const problems = [{ at: 'comment', message: hostile, link: null }];
    expect(field('basics', 'comment', { values: { comment: hostile }, problems })).toMatchObject({
      value: hostile,
      problems,
    });
  });

  it.each([
    ['network', 'interfaces.0.ip', 'address', 'f-interfaces-0-subnet'],
    ['network', 'interfaces.0.mac', 'mac', 'f-interfaces-0-sharedMac'],
    ['power', 'bmc.address', 'bmc-address', 'f-bmc-shared'],
    ['basics', 'name', 'name', null],
    ['basics', 'comment', null, null],
  ])('%s %s is looked at with what stands beside it', (id, name, check, checkFrom) => {
    expect(field(id, name)).toMatchObject({ check, checkFrom });
    const ids = groups().flatMap((one) => [
      ...one.fields,
      ...one.more,
      ...one.lists.flatMap(({ rows }) => rows.flatMap((row) => [...row.fields, ...row.more])),
    ]);
    if (checkFrom !== null) expect(ids.map((one) => one.id)).toContain(checkFrom);
  });
});

describe('a part of the form', () => {
  it('is folded as long as nothing stands in it, and nothing is wrong with it', () => {
    expect(group('boot')).toMatchObject({ isFolded: true, isOpen: false });
    const args = valuesOf(fields, apiSystem({ kernelArgs: ['quiet'] }));
    expect(group('boot', { values: args })).toMatchObject({ isOpen: true });
    const problems = [{ at: 'loader', message: 'is none', link: null }];
    expect(group('boot', { problems })).toMatchObject({ isOpen: true });
    const bond = valuesOf(fields, apiSystem());
    const open = { ...bond, 'interfaces.0.vlan': '20' };
    expect(group('network', { values: open })?.lists[0]?.rows[0]?.isMoreOpen).toBe(true);
    expect(group('network')?.lists[0]?.rows[0]?.isMoreOpen).toBe(false);
  });

  it('says when a list is full', () => {
    const full = Object.fromEntries(Array.from({ length: 64 }, (_, row) => [`interfaces.${row}.mac`, 'x']));
    expect(group('network', { values: full })?.lists[0]).toMatchObject({ hasRoom: false });
    expect(group('network')?.lists[0]).toMatchObject({ hasRoom: true });
  });
});
