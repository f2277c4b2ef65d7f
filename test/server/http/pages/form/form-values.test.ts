import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  compacted,
  type Reading,
  rowsOf,
  valuesOf,
} from '../../../../../server/http/pages/form/form-values.ts';
import { fieldsOf, type List } from '../../../../../server/http/pages/form/schema-fields.ts';
import { SYSTEM_TEXTS } from '../../../../../server/http/pages/form/system-fields.ts';
import { systemInput } from '../../../../../src/domain/records/system.ts';
import { apiSystem } from '../../../../support/api-records.ts';

const FIELDS = fieldsOf(systemInput);
const READING: Reading = {
  isSecret: ({ path }) => SYSTEM_TEXTS[path]?.secret === true,
  prefillOf: ({ path }) => SYSTEM_TEXTS[path]?.prefill,
};
const body = (values: Record<string, string>) => bodyOf(FIELDS, values, READING);

describe('the body of a form', () => {
  it('is what the API would be sent', () => {
    const sent = body({
      name: ' web001 ',
      profile: 'debian-13',
      roles: 'web\r\n\r\ndb \n',
      'interfaces.0.name': 'eth0',
      'interfaces.0.mac': '52:54:00:12:34:56',
      'interfaces.0.ip': 'auto',
      'bmc.address': '10.0.9.11',
      'bmc.cipherSuite': '17',
      'bmc.port': '6230',
      'bmc.password': ' with spaces ',
      'settings.vars': 'a=b=c\nd=',
      'settings.minDiskGb': '40',
      'dhcpOptions.0.code': '66',
      'dhcpOptions.0.value': 'x',
      'dhcpOptions.0.always': 'on',
    });
    expect(sent).toMatchObject({
      name: 'web001',
      hostname: null,
      roles: ['web', 'db'],
      interfaces: [{ name: 'eth0', mac: '52:54:00:12:34:56', ip: 'auto', subnet: null }],
      bmc: { address: '10.0.9.11', cipherSuite: 17, port: 6230, password: ' with spaces ', user: '' },
      settings: { vars: { a: 'b=c', d: '' }, minDiskGb: 40 },
      dhcpOptions: [{ code: 66, value: 'x', always: true, type: 'text' }],
      comment: '',
    });
    expect(sent['bmc']).not.toHaveProperty('kg');
  });

  it('hands on what makes no sense, for the schema to say so', () => {
    expect(body({ 'bmc.port': 'many', 'bmc.address': 'x' })).toMatchObject({
      bmc: { port: 'many', address: 'x' },
    });
  });

  it('has no BMC where nothing is said of one', () => {
    expect(body({ 'bmc.privilege': 'operator', 'bmc.protocol': '2.0' })['bmc']).toBeNull();
  });

  it('takes a secret away only where that is ticked', () => {
    expect(body({ 'settings.rootPasswordHash': '' })['settings']).toEqual({});
    expect(body({ 'settings.rootPasswordHash#clear': 'on' })['settings']).toEqual({ rootPasswordHash: null });
  });
});

describe('the entries of a list', () => {
  const list = FIELDS.find(({ key }) => key === 'interfaces') as List;

  it('are counted by the numbers in the form', () => {
    expect(rowsOf(list, 'interfaces', { 'interfaces.2.mac': '', 'interfaces.0.mac': '', name: 'x' })).toEqual(
      [0, 2],
    );
  });

  it('go where they say nothing, and the others close up', () => {
    const values = compacted(
      FIELDS,
      {
        name: 'web001',
        'interfaces.0.name': 'eth0',
        'interfaces.0.mac': '',
        'interfaces.3.name': 'eth3',
        'interfaces.3.mac': '52:54:00:12:34:56',
      },
      READING,
    );
    expect(values).toEqual({
      name: 'web001',
      'interfaces.0.name': 'eth3',
      'interfaces.0.mac': '52:54:00:12:34:56',
    });
  });
});

describe('a record in a form', () => {
  it('comes back as it was', () => {
    const record = apiSystem({
      roles: ['web'],
      settings: { vars: { a: 'b' }, sshKeys: ['ssh-ed25519 AAAA x'] },
      dhcpOptions: [{ code: 66, type: 'text', value: 'x', always: true }],
    });
    const values = valuesOf(FIELDS, record);
    expect(values['roles']).toBe('web');
    const { interfaces, roles, settings, dhcpOptions, bmc } = bodyOf(
      FIELDS,
      values,
      READING,
    ) as never as typeof record;
    expect({ roles, settings, dhcpOptions, bmc }).toEqual({
      roles: record.roles,
      settings: record.settings,
      dhcpOptions: record.dhcpOptions,
      bmc: null,
    });
    expect(interfaces[0]).toMatchObject({ mac: '52:54:00:12:34:56', ip: '10.99.0.11', subnet: 'lab' });
  });
});
