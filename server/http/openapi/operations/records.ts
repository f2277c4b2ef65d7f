import type { z } from 'zod';
import { subnetPatch } from '../../../../src/domain/network/subnet.ts';
import { distroPatch } from '../../../../src/domain/records/distro.ts';
import { profilePatch } from '../../../../src/domain/records/profile.ts';
import { recordQuery, systemQuery } from '../../../../src/domain/records/record-query.ts';
import { systemPatch } from '../../../../src/domain/records/system.ts';
import { dryRunQuery } from '../../dry-run.ts';
import type { INPUTS } from '../inputs.ts';
import type { Operation, Operations } from './operation.ts';

interface Kind {
  readonly name: 'Distro' | 'Profile' | 'Subnet' | 'System';
  readonly input: keyof typeof INPUTS;
  readonly patch: z.ZodType;
  readonly query: z.ZodType;
}

const KINDS: readonly Kind[] = [
  { name: 'Distro', input: 'DistroInput', patch: distroPatch, query: recordQuery },
  { name: 'Profile', input: 'ProfileAdd', patch: profilePatch, query: recordQuery },
  { name: 'Subnet', input: 'SubnetInput', patch: subnetPatch, query: recordQuery },
  { name: 'System', input: 'SystemInput', patch: systemPatch, query: systemQuery },
];

/** The routes that every kind of record has. */
function operationsOf({ name, input, patch, query }: Kind): Operations {
  const noun = name.toLowerCase();
  const base = `/api/v1/${noun}s`;
  const change = { query: dryRunQuery, dryRun: `${name}DryRun`, refuses: [404] } as const;
  const revised = { answer: name, isRevised: true } as const;
  const known: Pick<Operation, 'mayBeKnown'> = name === 'System' ? {} : { mayBeKnown: true };
  return {
    [`GET ${base}`]: {
      summary: `List ${noun}s`,
      query,
      answer: `${name}Page`,
      fields: `${name}Fields`,
    },
    [`POST ${base}`]: { summary: `Add a ${noun}`, body: input, status: 201, ...revised, ...change },
    [`GET ${base}/:name`]: { summary: `Show a ${noun}`, ...revised, ...known },
    [`PATCH ${base}/:name`]: { summary: `Change fields of a ${noun}`, body: patch, ...revised, ...change },
    [`PUT ${base}/:name`]: { summary: `Replace a ${noun}`, body: input, ...revised, ...change },
    [`DELETE ${base}/:name`]: { summary: `Remove a ${noun}`, ...change },
  };
}

export const RECORD_OPERATIONS: Operations = {
  ...Object.assign({}, ...KINDS.map(operationsOf)),
  'POST /api/v1/apply': {
    summary: 'Make many records what a document says, in one transaction',
    body: 'ApplyInput',
    query: dryRunQuery,
    answer: 'ApplyAnswer',
    refuses: [404],
  },
  'GET /api/v1/export': { summary: 'Every record as a document that makes them again', answer: 'Records' },
};
