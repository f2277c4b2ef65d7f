import { describe, expect, it } from 'vitest';
import { linkTo, placeProblems } from '../../../../../server/http/pages/form/place-problems.ts';
import { DomainError } from '../../../../../src/domain/errors.ts';

describe('the way to who holds a value', () => {
  it.each([
    ['system web001', '/systems/web001'],
    ['BMC of system web001', '/systems/web001'],
    ['system web001 and 2 more, as a shared address', '/systems/web001'],
    ['gateway of subnet lab', '/subnets/lab'],
    ['system outside', '/systems/outside'],
    ['a system outside your scope', null],
    ['BMC of a system outside your scope', null],
    ['this provisioning server itself', null],
    ['lease of 52:54:00:00:00:01 until 2026-11-22T10:00:00.000Z', null],
    ['system <script>', null],
  ])('of %s is %s', (holder, href) => {
    expect(linkTo(holder)?.href ?? null).toBe(href);
  });
});

describe('a problem', () => {
  const values = {
    name: 'web002',
    roles: 'web',
    'interfaces.0.mac': '52-54-00-00-00-01',
    'interfaces.1.ip': '10.99.0.11',
    'bmc.address': '10.0.9.11',
  };
  const placed = (path: string, message: string) =>
    placeProblems(new DomainError('invalid', 'wrong', { problems: [{ path, message }] }), values)[0]?.at;

  it.each([
    ['mac', '52:54:00:00:00:01 is taken: system web001', 'interfaces.0.mac'],
    ['ip', '10.99.0.11 is taken: system web001', 'interfaces.1.ip'],
    ['ip', '10.0.9.11 is taken: BMC of system web001', 'bmc.address'],
    ['name', 'web002 is taken: system web002', 'name'],
    ['roles.1', 'must be a name', 'roles'],
    ['interfaces', 'at least one', 'interfaces.0.mac'],
    ['interfaces.1.ip', 'is no address', 'interfaces.1.ip'],
    ['nowhere', 'is wrong', null],
  ])('of %s (%s) stands at %s', (path, message, at) => {
    expect(placed(path, message)).toBe(at);
  });

  it('of no field stands above them all', () => {
    expect(placeProblems(new DomainError('wrong-state', 'not now'), values)).toEqual([
      { at: null, message: 'not now', link: null },
    ]);
  });
});
