import { z } from 'zod';
import type { Conflict, ErrorCode, Problem } from '../errors.ts';
import type { subnetInput } from '../network/subnet.ts';
import type { distroInput } from './distro.ts';
import type { profileInput } from './profile.ts';
import type { Change } from './record-changes.ts';
import type { SystemAdd } from './system.ts';

export type RecordNoun = 'distro' | 'profile' | 'subnet' | 'system';

/** A profile as it is written down; `from: null` says that nothing comes from the shipped ones. */
type ProfileItem = z.input<typeof profileInput> & { readonly from?: string | null };

/** Records as one file holds them, each as it would be added. A kind that is not named is not touched. */
export interface RecordsDocument {
  readonly distros?: readonly z.input<typeof distroInput>[];
  readonly profiles?: readonly ProfileItem[];
  readonly subnets?: readonly z.input<typeof subnetInput>[];
  readonly systems?: readonly SystemAdd[];
}

/** More than any site has; what is larger is a mistake. */
const MOST_RECORDS = 100_000;
/** Items are judged one by one, so that each refusal is told with the name of its record. */
const items = z.array(z.unknown()).max(MOST_RECORDS).optional();

const recordsDocument = z.strictObject({
  distros: items,
  profiles: items,
  subnets: items,
  systems: items,
});

/** What `POST /api/v1/apply` takes. */
export const applyInput = z.strictObject({
  records: recordsDocument,
  /** `all`: everything or nothing. `each`: what can be applied is, item by item. */
  mode: z.enum(['all', 'each']).default('all'),
  /** Records of the kinds that the document names, and that do not stand in it, are removed. */
  remove: z.boolean().default(false),
});
export type ApplyInput = z.output<typeof applyInput>;

/** Why one item was refused. */
export interface ItemProblem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  readonly conflict?: Conflict;
}

export interface ApplyResult {
  readonly kind: RecordNoun;
  readonly name: string;
  readonly action: 'added' | 'updated' | 'unchanged' | 'removed' | 'refused';
  /** What differs from before; a secret is only said to be `set` or `changed`. */
  readonly changes: readonly Change[];
  readonly problem?: ItemProblem;
}

export interface ApplyAnswer {
  readonly dryRun: boolean;
  /** In the order of the document, then what is removed. */
  readonly results: readonly ApplyResult[];
}
