import { z } from 'zod';
import { ANSWERS, type JsonSchema, refTo } from './answers.ts';
import { OPERATIONS, type Operation } from './operations.ts';

/** A route as the app declares it. */
export interface DeclaredRoute {
  readonly method: string;
  /** `/api/v1/systems/:name` */
  readonly url: string;
  readonly permission: string;
}

/** The OpenAPI 3.1 document of the routes, from the schemas that requests are judged by. */
export function openApiDocument(routes: readonly DeclaredRoute[], version: string) {
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
      schemas: ANSWERS,
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(route: DeclaredRoute): JsonSchema {
  const { method, url, permission } = route;
  const {
    summary,
    body,
    query,
    answer,
    status = 200,
  }: Operation = OPERATIONS[`${method} ${url}`] ?? {
    summary: `${method} ${url}`,
  };
  const hasDryRun = query !== undefined && Object.hasOwn(schemaOf(query).properties ?? {}, 'dryRun');
  const usual = answer === undefined ? { type: 'object' } : refTo(answer);
  const isRecordDryRun = hasDryRun && answer !== 'ApplyAnswer';
  return {
    operationId: operationId(method, url),
    summary,
    tags: [/^\/api\/v1\/(\w+)/.exec(url)?.[1] ?? 'service'],
    description: permission === 'public' ? 'Needs no token.' : `Takes the permission \`${permission}\`.`,
    ...(permission === 'public' ? { security: [] } : {}),
    parameters: [...pathParameters(url), ...queryParameters(query), ...headerParameters(method, url)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(inputSchema(body)) } }),
    responses: {
      [status]:
        status === 204 ? { description: 'Done.' } : { description: 'The answer.', content: json(usual) },
      ...(isRecordDryRun && status !== 200
        ? { 200: { description: 'What would be done.', content: json(refTo('DryRun')) } }
        : {}),
      default: {
        description: 'A refusal.',
        content: { 'application/problem+json': { schema: refTo('Problem') } },
      },
    },
  };
}

const json = (schema: JsonSchema) => ({ 'application/json': { schema } });

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
  const { properties = {}, required = [] } = schemaOf(query);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters(method: string, url: string): JsonSchema[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  if (method === 'POST') return [header('Idempotency-Key', 'Sent again, the request is not done again.')];
  const isRecord = /^\/api\/v1\/(distros|profiles|subnets|systems)\/:name$/.test(url);
  return isRecord && method !== 'GET' ? [header('If-Match', 'The ETag of the only revision to change.')] : [];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

function schemaOf(schema: z.ZodType): ObjectSchema {
  return inputSchema(schema) as ObjectSchema;
}

/** What is made of an input afterwards has no place in a schema of it. */
function inputSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
