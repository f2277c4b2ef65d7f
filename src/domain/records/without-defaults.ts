import { z } from 'zod';
import { isSame } from './record-changes.ts';

/**
 * The shortest input that a schema reads as `value`: fields that say what the schema takes for left out are left out, at
 * every depth. Fields stand in the order of the schema; what it does not know is dropped.
 */
export function withoutDefaults(schema: z.ZodType, value: unknown): unknown {
  const plain = plainOf(schema);
  if (value === null || value === undefined) return value;
  if (plain instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => withoutDefaults(plain.element as z.ZodType, item));
  if (!(plain instanceof z.ZodObject) || typeof value !== 'object') return value;
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(plain.shape as Record<string, z.ZodType>)) {
    const given = (value as Record<string, unknown>)[key];
    if (given !== undefined && !isDefault(field, given)) fields[key] = withoutDefaults(field, given);
  }
  return fields;
}

function isDefault(field: z.ZodType, value: unknown): boolean {
  return field instanceof z.ZodDefault && isSame(field.def.defaultValue, value);
}

/** The schema of what is written, below what may be left out and what is made of it afterwards. */
function plainOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional)
    return plainOf(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodPipe ? plainOf(schema.in as z.ZodType) : schema;
}
