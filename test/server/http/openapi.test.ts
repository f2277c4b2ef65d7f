import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATUS } from '../../../server/http/errors.ts';
import { OPERATIONS } from '../../../server/http/openapi/operations.ts';
import { inject } from '../../support/inject.ts';
import { openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { content: { 'application/json': { schema: object } } };
  readonly responses: Record<string, { description: string }>;
}

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
  it('has every route of which there is something to say', () => {
    expect(operations.length).toBeGreaterThan(70);
    for (const route of Object.keys(OPERATIONS)) {
      const [method = '', url = ''] = route.split(' ');
      expect(document.paths[url.replace(/:(\w+)/g, '{$1}')], route).toHaveProperty(method.toLowerCase());
    }
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
    expect(schema).toMatchObject({
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
