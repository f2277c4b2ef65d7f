import { describe, expect, it } from 'vitest';
import { auditRows } from '../../../../server/http/pages/audit-model.ts';
import type { AuditEvent } from '../../../../src/domain/access/audit.ts';

const EVENT: AuditEvent = {
  id: 1,
  at: '2026-11-22T09:00:00.000Z',
  actor: 'ada',
  kind: 'user',
  from: '10.0.0.7',
  request: null,
  action: 'update',
  noun: 'system',
  name: 'web001',
  before: null,
  after: null,
  detail: {},
};
const row = (more: Partial<AuditEvent>) => auditRows([{ ...EVENT, ...more }])[0];

describe('who did it', () => {
  it.each([
    ['user', '10.0.0.7', 'user from 10.0.0.7'],
    ['token', null, 'token'],
    ['local', null, 'by the unix socket'],
    ['service', null, 'of its own accord'],
    ['setup', '10.0.0.7', 'with the setup token from 10.0.0.7'],
  ])('%s from %s', (kind, from, by) => expect(row({ kind, from })?.by).toBe(by));
});

describe('what it was done with', () => {
  it.each([
    ['system', 'web001', '/systems/web001'],
    ['subnet', 'lab', '/subnets/lab'],
    ['profile', 'debian-13', null],
    ['system', 'a/b', '/systems/a%2Fb'],
  ])('%s %s', (noun, name, href) =>
    expect(row({ noun, name })).toMatchObject({ what: `${noun} ${name}`, href }),
  );
});

describe('what there is to say of a record that came', () => {
  const isLong = (comment: string, more = {}) => row({ before: null, after: { comment, ...more } })?.isLong;

  it('is folded where it is more than a few lines', () => {
    expect(isLong('rack 4')).toBe(false);
    expect(isLong('x'.repeat(400))).toBe(true);
    expect(isLong('rack 4', { a: '1', b: '2', c: '3' })).toBe(true);
  });
});

describe('what has become another', () => {
  const interfaces = (ip: string) => [
    { name: 'eth0', mac: '52:54:00:00:00:01', ip },
    { name: 'eth1', ip: null },
  ];

  it('is told by the field that differs, and no other', () => {
    const before = { comment: '', interfaces: interfaces('10.0.0.7'), roles: ['web'] };
    const after = { comment: 'rack 4', interfaces: interfaces('10.0.0.8'), roles: ['web', 'db'] };
    expect(row({ before, after })).toMatchObject({
      details: [],
      changes: [
        { field: 'comment', before: '–', after: 'rack 4' },
        { field: 'interfaces.eth0.ip', before: '10.0.0.7', after: '10.0.0.8' },
        { field: 'roles', before: 'web', after: 'web, db' },
      ],
    });
  });

  it('of a record that came or went is what it says, without its name', () => {
    const record = {
      name: 'web001',
      profile: 'debian-13',
      interfaces: interfaces('10.0.0.7'),
      comment: '',
      settings: {},
      kernelArgs: [],
      bmc: null,
    };
    const details = [
      'profile: debian-13',
      'interfaces: name eth0, mac 52:54:00:00:00:01, ip 10.0.0.7; name eth1',
    ];
    expect(row({ action: 'add', after: record })).toMatchObject({ changes: [], details });
    expect(row({ action: 'remove', before: record })).toMatchObject({ changes: [], details });
  });

  it('is harmless to the eye', () => {
    const hostile = 'a\u001b[2J\u202eb';
    const clean = 'a\\u{1b}[2J\\u{202e}b';
    const shown = row({
      actor: hostile,
      name: hostile,
      before: { [hostile]: 1 },
      after: { [hostile]: hostile },
    });
    expect(shown).toMatchObject({
      who: clean,
      what: `system ${clean}`,
      changes: [{ field: clean, before: '1', after: clean }],
    });
    expect(row({ detail: { reason: hostile } })?.details).toEqual([`reason: ${clean}`]);
  });

  it('can be nothing', () => expect(row({})).toMatchObject({ changes: [], details: [] }));
});
