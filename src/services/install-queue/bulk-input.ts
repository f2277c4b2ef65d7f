import { z } from 'zod';
import { installInput } from '../../domain/install/install-input.ts';
import { recordName } from '../../domain/records/fields.ts';
import { type Selection, selectionFields, selectionProblem } from '../power/select-systems.ts';

/** Not every system there is: that is never what is meant. */
const { all: _all, ...fields } = selectionFields;

/** One request to install many machines. */
export const bulkInput = installInput
  .extend({
    ...fields,
    /** So many failed installs end what still waits of it. */
    stopAfterFailures: z.int().min(1).max(20_000).nullable().default(null),
    /** Nothing is begun where one machine is refused. */
    allOrNone: z.boolean().default(false),
    /** Machines in service that may be wiped, by name. */
    yesWipe: z.array(recordName).max(20_000).default([]),
    /** Exactly so many machines in service are to be wiped: any other number, and nothing is begun. */
    yesWipeCount: z.int().min(0).optional(),
  })
  .superRefine((input, ctx) => {
    const message = selectionProblem(input as Selection, Object.keys(fields));
    if (message !== undefined) ctx.addIssue({ code: 'custom', path: ['systems'], message });
    if (input.yesWipe.length > 0 && input.yesWipeCount !== undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['yesWipeCount'],
        message: 'must not be given together with yesWipe: name them or count them',
      });
  });
export type BulkInput = z.infer<typeof bulkInput>;

/** `role web`, `3 systems by name`. */
export function selectionText({ systems, role, profile, match }: BulkInput): string {
  if (systems !== undefined) return `${systems.length} system${systems.length === 1 ? '' : 's'} by name`;
  if (role !== undefined) return `role ${role}`;
  return profile === undefined ? `names like ${match}` : `profile ${profile}`;
}
