import { z } from 'zod';
import { handoffDefinition, handoffName } from '../domain/handoff/handoff-definition.ts';

/** Section `handoff`: what configures machines after their first boot. */
export const handoffSection = z
  .strictObject({
    /** Hand-offs that run at the same time; the others wait for their turn. */
    maxConcurrent: z.int().min(1).max(1000).default(10),
    /** The program, from the path or where a virtual environment has it. */
    ansiblePlaybook: z
      .string()
      .regex(/^(\/[^\0\n\r]+|ansible-playbook)$/, { message: 'must be an absolute path' })
      .default('ansible-playbook'),
    /** By the name that records use. Only this file can name a playbook, a key or a URL. */
    definitions: z.record(handoffName, handoffDefinition).default({}),
  })
  .prefault({});
