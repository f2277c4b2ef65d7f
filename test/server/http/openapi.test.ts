import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATUS } from '../../../server/http/errors.ts';
import { OPERATIONS } from '../../../server/http/openapi/operations.ts';
import { isDocumented } from '../../support/answers-check.ts';
import { makeToken } from '../../support/callers.ts';
import { inject } from '../../support/inject.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { content: { 'application/json': { schema: object } } };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>;
}

/** What is answered that is no JSON. */
const JSON_LESS = [
  'application/octet-stream',
  'application/x-tar',
  'text/event-stream',
  'text/html',
  'text/plain',
];

let world: ServiceWorld;
let document: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  world = await openServiceWorld();
  document = (await world.call('GET', '/api/v1/openapi.json')).body as typeof document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});
afterAll(() => world.dispose());

describe('the OpenAPI document', () => {
  it('has every route of the API, and no other', async () => {
    await world.tcp.ready();
    const declared = world.tcp.declaredRoutes
      .filter(({ method, url }) => method !== 'HEAD' && isDocumented(url))
      .map(({ method, url }) => `${method} ${url}`);
    expect(declared.length).toBeGreaterThan(100);
    expect(Object.keys(OPERATIONS).toSorted()).toEqual(declared.toSorted());
    const documented = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(documented.toSorted()).toEqual(
      declared.map((route) => route.replace(/:(\w+)/g, '{$1}')).toSorted(),
    );
  });

  it('is the same on TCP, where there are pages as well, and so is its page there', async () => {
    const headers = { authorization: `Bearer ${await makeToken(world, 'reader', 'viewer')}` };
    const get = (url: string) => inject(world.tcp, { method: 'GET', url, headers });
    expect(await get('/api/v1/openapi.json')).toMatchObject({ status: 200, body: document });
    expect(await get('/api/v1/docs')).toMatchObject({ status: 200 });
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('says of each answer what it looks like', () => {
    for (const { path, method, operation } of operations)
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const json = content?.['application/json'] ?? content?.['application/problem+json'];
        if (json !== undefined) expect(json.schema, `${method} ${path} ${status}`).toBeDefined();
        else if (status < '300') expect([...JSON_LESS, undefined]).toContain(Object.keys(content ?? {})[0]);
      }
  });

  it('has no schema that is not used', () => {
    const used = new Set([...JSON.stringify(document).matchAll(/schemas\/(\w+)"/g)].map(([, name]) => name));
    expect(Object.keys(document.components.schemas).filter((name) => !used.has(name))).toEqual([]);
  });

  it('names each operation once, with its path parameters and an answer', () => {
    expect(document.openapi).toBe('3.1.0');
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const declared = operation.parameters.filter((item) => item.in === 'path').map(({ name }) => name);
      expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(Object.keys(operation.responses).length).toBeGreaterThan(1);
      expect(operation.summary).not.toBe('');
    }
  });

  it('refers only to schemas that it has', () => {
    const names = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name ?? '',
    );
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) expect(document.components.schemas).toHaveProperty(name);
  });

  it('tells what is taken by the schemas that judge it', () => {
    const add = document.paths['/api/v1/systems']?.['post'];
    const schema = add?.requestBody?.content['application/json'].schema;
    expect(schema).toEqual({ $ref: '#/components/schemas/SystemInput' });
    expect(document.components.schemas['SystemInput']).toMatchObject({
      required: ['name', 'profile', 'interfaces'],
      additionalProperties: false,
    });
    const list = document.paths['/api/v1/systems']?.['get']?.parameters.map(({ name }) => name);
    expect(list).toEqual(
      expect.arrayContaining(['limit', 'cursor', 'sort', 'fields', 'role', 'state', 'ip']),
    );
  });

  it('is a page without scripts, whose only style is the one that its policy names', async () => {
    const { status, body, headers } = await inject(world.local, { method: 'GET', url: '/api/v1/docs' });
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(String(body)).not.toMatch(/<script|style=|onclick/i);
    expect(String(body)).toContain('<code>/api/v1/apply</code>');
  });

  it('is for those who may read', async () => {
    for (const url of ['/api/v1/openapi.json', '/api/v1/docs'])
      expect(await inject(world.tcp, { method: 'GET', url })).toMatchObject({ status: 401 });
  });
});

it('every code of a refusal stands in the guide, with its status', () => {
  const guide = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8');
  for (const [code, status] of Object.entries(STATUS)) {
    const line = guide.split('\n').find((text) => text.startsWith('|') && text.includes(`\`${code}\``));
    expect(line, code).toContain(`| ${status} |`);
  }
});
