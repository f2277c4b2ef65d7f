import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { parseInput } from '../../src/services/records/input.ts';

/** Query of whatever can be tried: `?dryRun=1`. */
export const dryRunQuery = z.strictObject({
  dryRun: z.enum(['0', '1', 'false', 'true']).default('0'),
});

/** Does the caller only want to know what would come of it? Throws DomainError 'invalid' for other parameters. */
export function isDryRun(request: FastifyRequest): boolean {
  const { dryRun } = parseInput(dryRunQuery, request.query);
  return dryRun === '1' || dryRun === 'true';
}
