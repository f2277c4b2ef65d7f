import { describe, expect, it } from 'vitest';
import { createRouter, type Route } from '../../../../server/http/boot/routes.ts';

const route = (path: string, ...methods: string[]): Route => ({
  methods,
  path,
  permission: 'machine',
  handle: () => ({ status: 200, headers: [] }),
});
const search = createRouter([
  route('/i/:token/kernel', 'GET', 'HEAD'),
  route('/i/:token/event/:stage', 'POST'),
  route('/trees/:distro/*', 'GET'),
]);

describe('createRouter', () => {
  it.each([
    ['GET', '/i/abc/kernel', '/i/:token/kernel', { token: 'abc' }],
    ['HEAD', '/i/abc/kernel?x=/y', '/i/:token/kernel', { token: 'abc' }],
    ['GET', 'http://10.0.0.1/i/abc/kernel', '/i/:token/kernel', { token: 'abc' }],
    ['GET', 'HTTP://10.0.0.1:8081/i/abc/kernel#z', '/i/:token/kernel', { token: 'abc' }],
    ['POST', '/i/a%20b/event/x%2Fy', '/i/:token/event/:stage', { token: 'a b', stage: 'x/y' }],
    ['GET', '/trees/debian/', '/trees/:distro/*', { distro: 'debian', '*': '' }],
    ['GET', '/trees/debian/a/b%20c', '/trees/:distro/*', { distro: 'debian', '*': 'a/b c' }],
    ['GET', '/trees/debian/a\nb', '/trees/:distro/*', { distro: 'debian', '*': 'a\nb' }],
    ['GET', '/trees/__proto__/x', '/trees/:distro/*', { distro: '__proto__', '*': 'x' }],
  ])('%s %j', (method, target, path, params) => {
    const found = search(method, target);
    expect(found).toMatchObject({ route: { path } });
    if (typeof found === 'object') expect({ ...found.params }).toEqual(params);
  });

  it.each([
    ['POST', '/i/abc/kernel', 'unknown'],
    ['GET', '/i/abc/kernel/', 'unknown'],
    ['GET', '/I/abc/kernel', 'unknown'],
    ['GET', '/%69/abc/kernel', 'unknown'],
    ['GET', '//i/abc/kernel', 'unknown'],
    ['GET', '/i//kernel', 'unknown'],
    ['GET', `/i/${'a'.repeat(301)}/kernel`, 'unknown'],
    ['GET', '/trees/debian', 'unknown'],
    ['GET', 'ftp://10.0.0.1/i/abc/kernel', 'unknown'],
    ['GET', '*', 'unknown'],
    ['GET', '', 'unknown'],
    ['GET', '/trees/debian/%', 'malformed'],
    ['GET', '/trees/debian/%ff', 'malformed'],
    ['GET', '/i/%zz/kernel', 'malformed'],
  ])('%s %j is %s', (method, target, outcome) => {
    expect(search(method, target)).toBe(outcome);
  });
});
