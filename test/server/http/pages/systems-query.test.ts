import { describe, expect, it } from 'vitest';
import {
  ORDERS,
  pageHref,
  parseListQuery,
  serviceQuery,
  turned,
} from '../../../../server/http/pages/systems-query.ts';
import { systemQuery } from '../../../../src/domain/records/record-query.ts';

const asked = (text: string) => parseListQuery(Object.fromEntries(new URLSearchParams(text)));

describe('what the address of the list asks for', () => {
  it.each([
    ['', { sort: 'name', limit: '100' }],
    ['search=+web+&state=&role=db', { search: 'web', role: 'db', sort: 'name', limit: '100' }],
    ['search=52-54-00-12-34-56', { search: '52:54:00:12:34:56', sort: 'name', limit: '100' }],
    ['sort=-updatedAt&cursor=abc', { cursor: 'abc', sort: '-updatedAt', limit: '100' }],
    ['sort=-name&before=abc&cursor=def', { cursor: 'abc', sort: 'name', limit: '100' }],
    ['sort=nonsense&limit=9999&fields=name&x=y', { sort: 'name', limit: '100' }],
    [
      'power=on&locked=true&profile=p',
      { power: 'on', locked: 'true', profile: 'p', sort: 'name', limit: '100' },
    ],
  ])('%s', (text, query) => {
    expect(serviceQuery(asked(text))).toEqual(query);
    expect(systemQuery.safeParse(serviceQuery(asked(text))).success).toBe(true);
  });

  it('is nothing where a name comes twice', () => {
    expect(serviceQuery(parseListQuery({ search: ['a', 'b'], at: ['1'] }))).toEqual({
      sort: 'name',
      limit: '100',
    });
  });

  it.each([
    ['7', 7],
    ['0', 1],
    ['-3', 1],
    ['1.5', 1],
    ['1e99', 1],
    ['<script>', 1],
    ['', 1],
  ])('at=%s counts from %d', (at, number) => expect(asked(`at=${encodeURIComponent(at)}`).at).toBe(number));
});

it('every order that is offered is one of the API’s, and so is its other end', () => {
  for (const { sort } of ORDERS) {
    expect(systemQuery.safeParse({ sort: turned(sort) }).success).toBe(true);
    expect(turned(turned(sort))).toBe(sort);
  }
});

describe('the address of a page', () => {
  it.each([
    ['', null, 1, '/systems'],
    ['sort=name&at=300', { cursor: 'abc' }, 101, '/systems?cursor=abc&at=101'],
    ['role=db&sort=-name&cursor=old', { before: 'abc' }, 1, '/systems?role=db&sort=-name&before=abc'],
    ['search=%3Cb%3E%26', null, 1, '/systems?search=%3Cb%3E%26'],
  ])('after %s', (text, place, at, href) => {
    expect(pageHref(asked(text), place, at)).toBe(href);
  });
});
