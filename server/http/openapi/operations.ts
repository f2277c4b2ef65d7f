import type { z } from 'zod';
import { applyInput } from '../../../src/domain/apply.ts';
import { tokenInput, userInput, userPatch } from '../../../src/domain/credential.ts';
import { distroInput, distroPatch } from '../../../src/domain/distro.ts';
import { installInput } from '../../../src/domain/install.ts';
import { profileInput, profilePatch } from '../../../src/domain/profile.ts';
import { recordQuery, systemQuery } from '../../../src/domain/record-query.ts';
import { subnetInput, subnetPatch } from '../../../src/domain/subnet.ts';
import { systemInput, systemPatch } from '../../../src/domain/system.ts';
import { lockInput } from '../../../src/domain/system-lock.ts';
import { explainQuery } from '../../../src/services/explain/subject.ts';
import { handoffInput } from '../../../src/services/handoff/handoff-requests.ts';
import { bulkInput } from '../../../src/services/install-queue/bulk-input.ts';
import { inventoryQuery } from '../../../src/services/inventory.ts';
import { powerInput } from '../../../src/services/power/power-requests.ts';
import { dryRunQuery } from '../dry-run.ts';

/** What people read of a route, and what it takes. */
export interface Operation {
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  /** Name of a schema in `answers.ts`; absent: an object. */
  readonly answer?: string;
  /** Status of the usual answer; 200 where it is not there. */
  readonly status?: 200 | 201 | 202 | 204;
}

const NOUNS = [
  {
    nouns: 'distros',
    noun: 'distro',
    name: 'Distro',
    input: distroInput,
    patch: distroPatch,
    query: recordQuery,
  },
  {
    nouns: 'profiles',
    noun: 'profile',
    name: 'Profile',
    input: profileInput,
    patch: profilePatch,
    query: recordQuery,
  },
  {
    nouns: 'subnets',
    noun: 'subnet',
    name: 'Subnet',
    input: subnetInput,
    patch: subnetPatch,
    query: recordQuery,
  },
  {
    nouns: 'systems',
    noun: 'system',
    name: 'System',
    input: systemInput,
    patch: systemPatch,
    query: systemQuery,
  },
] as const;

function ofRecords(): Record<string, Operation> {
  const operations: Record<string, Operation> = {};
  for (const { nouns, noun, name, input, patch, query } of NOUNS) {
    const base = `/api/v1/${nouns}`;
    const one = `${base}/:name`;
    operations[`GET ${base}`] = { summary: `List ${nouns}`, query, answer: `${name}Page` };
    operations[`POST ${base}`] = {
      summary: `Add a ${noun}`,
      body: input,
      query: dryRunQuery,
      answer: name,
      status: 201,
    };
    operations[`GET ${one}`] = { summary: `Show a ${noun}`, answer: name };
    operations[`PATCH ${one}`] = {
      summary: `Change fields of a ${noun}`,
      body: patch,
      query: dryRunQuery,
      answer: name,
    };
    operations[`PUT ${one}`] = {
      summary: `Replace a ${noun}`,
      body: input,
      query: dryRunQuery,
      answer: name,
    };
    operations[`DELETE ${one}`] = { summary: `Remove a ${noun}`, query: dryRunQuery, status: 204 };
  }
  return operations;
}

/** By method and path, as the routes are declared. A route that is not here is in the document by its path alone. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...ofRecords(),
  'POST /api/v1/apply': {
    summary: 'Make many records what a document says, in one transaction',
    body: applyInput,
    query: dryRunQuery,
    answer: 'ApplyAnswer',
  },
  'GET /api/v1/export': { summary: 'Every record as a document that makes them again', answer: 'Records' },
  'POST /api/v1/systems/:name/install': { summary: 'Arm an install', body: installInput, status: 201 },
  'POST /api/v1/systems/:name/cancel': { summary: 'Cancel the install of a system' },
  'GET /api/v1/systems/:name/timeline': { summary: 'What happened to a system, in order' },
  'GET /api/v1/systems/:name/events': { summary: 'What happens to a system, as a stream (SSE)' },
  'GET /api/v1/events': { summary: 'What happens to all systems, as a stream (SSE)' },
  'GET /api/v1/systems/:name/diagnosis': { summary: 'Where an install is, and what is missing' },
  'GET /api/v1/systems/:name/log': { summary: 'What the installer said' },
  'POST /api/v1/systems/:name/lock': { summary: 'Lock a system against installs', body: lockInput },
  'POST /api/v1/systems/:name/unlock': { summary: 'Unlock a system' },
  'POST /api/v1/installs': {
    summary: 'Install many systems, each in its turn',
    body: bulkInput,
    status: 201,
  },
  'POST /api/v1/installs/plan': { summary: 'What such a request would do', body: bulkInput },
  'GET /api/v1/installs': { summary: 'List installs' },
  'POST /api/v1/power': { summary: 'Switch machines', body: powerInput, status: 202 },
  'POST /api/v1/power/status': { summary: 'Ask BMCs for the power of machines' },
  'GET /api/v1/systems/:name/power': { summary: 'What is known of the power of a system' },
  'GET /api/v1/jobs': { summary: 'List power jobs' },
  'GET /api/v1/jobs/:id': { summary: 'Show a power job' },
  'POST /api/v1/jobs/:id/cancel': { summary: 'Cancel a power job' },
  'POST /api/v1/handoffs': { summary: 'Configure machines in service', body: handoffInput },
  'GET /api/v1/handoffs': { summary: 'List runs of hand-offs' },
  'GET /api/v1/explain': { summary: 'What a machine would be answered, and why', query: explainQuery },
  'GET /api/v1/inventory/ansible': { summary: 'Inventory for Ansible', query: inventoryQuery },
  'GET /api/v1/tokens': { summary: 'List API tokens' },
  'POST /api/v1/tokens': { summary: 'Make an API token; it is shown once', body: tokenInput, status: 201 },
  'DELETE /api/v1/tokens/:name': { summary: 'Revoke a token', status: 204 },
  'POST /api/v1/users': { summary: 'Add a user', body: userInput, status: 201 },
  'PATCH /api/v1/users/:name': { summary: 'Change a user', body: userPatch },
  'GET /api/v1/users': { summary: 'List users' },
  'GET /api/v1/whoami': { summary: 'Who one is, and what one may do' },
  'POST /api/v1/login': { summary: 'Log in with name and password, for a session' },
  'POST /api/v1/logout': { summary: 'End the session', status: 204 },
  'POST /api/v1/setup': { summary: 'Change the setup token for the first API token', status: 201 },
  'GET /api/v1/audit': { summary: 'Who did what, and from where' },
  'GET /api/v1/status': { summary: 'Listeners, warnings and counters' },
  'GET /api/v1/doctor': { summary: 'Look at the service and its machine now' },
  'GET /api/v1/leases': { summary: 'List DHCP leases' },
  'GET /api/v1/loaders': { summary: 'List boot loaders' },
  'GET /api/v1/openapi.json': { summary: 'This document' },
  'GET /api/v1/docs': { summary: 'This document as a page' },
};
