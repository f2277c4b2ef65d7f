import { describe, expect, it } from 'vitest';
import { SYSTEM_READING } from '../../../../../server/http/pages/form/form-model.ts';
import { withDemand } from '../../../../../server/http/pages/form/row-demand.ts';
import { fieldsOf } from '../../../../../server/http/pages/form/schema-fields.ts';
import { systemInput } from '../../../../../src/domain/records/system.ts';

const FIELDS = fieldsOf(systemInput);
const VALUES = { name: 'web001', 'interfaces.0.name': 'eth0', 'interfaces.0.ip': '' };
const done = (demand: string | undefined, values: Record<string, string> = VALUES) =>
  withDemand(FIELDS, values, demand, SYSTEM_READING);

describe('a button within the form', () => {
  it('adds an entry behind the last, whatever its number', () => {
    expect(done('add:interfaces', { 'interfaces.4.mac': 'x' })).toMatchObject({
      'interfaces.5.name': 'eth5',
    });
    expect(Object.keys(done('add:dhcpOptions') ?? {})).toContain('dhcpOptions.0.code');
  });

  it('adds no more than a record may have', () => {
    const full = Object.fromEntries(Array.from({ length: 64 }, (_, row) => [`interfaces.${row}.mac`, 'x']));
    expect(done('add:interfaces', full)).toEqual(full);
  });

  it.each([
    ['drop:interfaces.0', { name: 'web001' }],
    ['drop:interfaces.7', VALUES],
    ['take:interfaces.0.ip=10.0.0.7', { ...VALUES, 'interfaces.0.ip': '10.0.0.7' }],
    ['take:interfaces.0.ip=a=b', { ...VALUES, 'interfaces.0.ip': 'a=b' }],
    ['take:constructor=x', VALUES],
    ['take:new.field=x', VALUES],
    ['add:nothing', VALUES],
    ['keep', VALUES],
    ['add:name', VALUES],
  ])('%s', (demand, values) => expect(done(demand)).toEqual(values));

  it.each([undefined, '', 'save', 'add', 'add:', `add:${'x'.repeat(300)}`, 'remove:interfaces.0'])(
    'that says %s sends the form',
    (demand) => expect(done(demand)).toBeUndefined(),
  );
});
