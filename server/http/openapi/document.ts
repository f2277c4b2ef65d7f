import type { z } from 'zod';
import type { Operation } from './operations/operation.ts';
import { OPERATIONS } from './operations.ts';
import { responsesOf } from './responses.ts';
import { inputSchema, type JsonSchema, namedSchemas, refTo } from './schemas.ts';

/** A route as the app declares it. */
export interface DocumentedRoute {
  readonly method: string;
  /** `/api/v1/systems/:name` */
  readonly url: string;
  readonly permission: string;
}

/** The OpenAPI 3.1 document of the routes. Throws Error for a route of which OPERATIONS knows nothing. */
export function openApiDocument(routes: readonly DocumentedRoute[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'provision', version, description: 'See docs/api.md for the conventions.' },
    security: [{ token: [] }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(route: DocumentedRoute): JsonSchema {
  const { method, url, permission } = route;
  const operation = OPERATIONS[`${method} ${url}`];
  if (operation === undefined) throw new Error(`${method} ${url} is not documented`);
  return {
    operationId: operationId(method, url),
    summary: operation.summary,
    tags: [/^\/api\/v1\/(\w+)/.exec(url)?.[1] ?? 'service'],
    description: permission === 'public' ? 'Needs no token.' : `Takes the permission \`${permission}\`.`,
    ...(permission === 'public' ? { security: [] } : {}),
    parameters: [
      ...pathParameters(url),
      ...queryParameters(operation.query),
      ...headerParameters(method, operation),
    ],
    ...requestBody(operation),
    responses: responsesOf(route, operation),
  };
}

function requestBody({ body, bodyType, isBodyOptional }: Operation): { requestBody?: JsonSchema } {
  if (bodyType !== undefined) return { requestBody: { required: true, content: { [bodyType]: {} } } };
  if (body === undefined) return {};
  const schema = typeof body === 'string' ? refTo(body) : inputSchema(body);
  return { requestBody: { required: isBodyOptional !== true, content: { 'application/json': { schema } } } };
}

/** `get_systems_name_timeline`: one a route. */
function operationId(method: string, url: string): string {
  const words = url.replace(/^\/api\/v1/, '').match(/[A-Za-z0-9]+/g) ?? ['root'];
  return [method.toLowerCase(), ...words].join('_');
}

function pathParameters(url: string): JsonSchema[] {
  return [...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodType | undefined): JsonSchema[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = inputSchema(query) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters(method: string, { isRevised, dryRun, mayBeKnown }: Operation): JsonSchema[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  if (method === 'POST') return [header('Idempotency-Key', 'Sent again, the request is not done again.')];
  if (mayBeKnown) return [header('If-None-Match', 'The ETag of the revision that the caller has.')];
  const isChange = dryRun !== undefined || (isRevised && method !== 'GET');
  return isChange ? [header('If-Match', 'The ETag of the only revision to change.')] : [];
}
