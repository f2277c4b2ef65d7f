import { z } from 'zod';
import { ANSWERS } from './answers/answers.ts';
import { INPUTS } from './inputs.ts';

/** A JSON Schema of OpenAPI 3.1 (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

export function refTo(name: string): JsonSchema {
  return { $ref: uriOf(name) };
}

function uriOf(name: string): string {
  return `#/components/schemas/${name}`;
}

/** Schemas by name, each one that stands in another as a reference. */
function schemasOf(
  named: Readonly<Record<string, z.ZodType>>,
  io: 'input' | 'output',
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  // What is made of an input afterwards has no place in a schema of it.
  const { schemas } = z.toJSONSchema(registry, { io, unrepresentable: 'any', uri: uriOf });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(schema)]));
}

/** The schemas of the document by their names. */
export function namedSchemas(): Readonly<Record<string, JsonSchema>> {
  return { ...schemasOf(INPUTS, 'input'), ...schemasOf(ANSWERS, 'output') };
}

/** The schema of an input that has no name. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return plain(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

function plain({ $schema: _, $id: __, ...schema }: z.core.JSONSchema.BaseSchema): JsonSchema {
  return schema;
}
