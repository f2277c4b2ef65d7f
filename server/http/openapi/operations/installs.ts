import { installInput } from '../../../../src/domain/install/install-input.ts';
import { lockInput } from '../../../../src/domain/records/system-lock.ts';
import { explainQuery } from '../../../../src/services/explain/subject.ts';
import { bulkInput } from '../../../../src/services/install-queue/bulk-input.ts';
import { moveInput } from '../../../../src/services/install-queue/move-install.ts';
import { installLogQuery } from '../../../../src/services/installer-logs/read-logs.ts';
import { batchesQuery, cancelBatchInput, installsQuery } from '../../api/bulk-installs.ts';
import { eventsQuery, systemEventsQuery } from '../../api/event-streams.ts';
import { timelineQuery } from '../../api/installs.ts';
import type { Operations } from './operation.ts';

const system = '/api/v1/systems/:name';
const installs = '/api/v1/installs';
const stream = { answerType: 'text/event-stream' } as const;

/** Installs, and what one sees of them. */
export const INSTALL_OPERATIONS: Operations = {
  [`POST ${system}/install`]: {
    summary: 'Arm an install',
    body: installInput,
    isBodyOptional: true,
    answer: 'Install',
    status: 201,
    refuses: [502],
  },
  [`POST ${system}/cancel`]: { summary: 'Cancel the install of a system', answer: 'Install' },
  [`GET ${system}/timeline`]: {
    summary: 'What happened to a system, in order',
    query: timelineQuery,
    answer: 'BootEventList',
  },
  [`GET ${system}/events`]: {
    summary: 'What happens to a system, as a stream (SSE)',
    query: systemEventsQuery,
    ...stream,
  },
  'GET /api/v1/events': {
    summary: 'What happens to all systems, as a stream (SSE)',
    query: eventsQuery,
    refuses: [404],
    ...stream,
  },
  [`GET ${system}/diagnosis`]: { summary: 'Where an install is, and what is missing', answer: 'Diagnosis' },
  [`GET ${system}/log`]: {
    summary: 'What the installer said',
    query: installLogQuery,
    answer: 'InstallLog',
  },
  [`POST ${system}/lock`]: {
    summary: 'Lock a system against installs',
    body: lockInput,
    answer: 'System',
  },
  [`POST ${system}/unlock`]: { summary: 'Unlock a system', answer: 'System' },
  [`POST ${installs}`]: {
    summary: 'Install many systems, each in its turn',
    body: bulkInput,
    answer: 'BatchReceipt',
    status: 202,
    refuses: [404],
  },
  [`POST ${installs}/plan`]: {
    summary: 'What such a request would do',
    body: bulkInput,
    answer: 'InstallPlan',
    refuses: [404],
  },
  [`GET ${installs}`]: { summary: 'List installs', query: installsQuery, answer: 'InstallList' },
  [`GET ${installs}/:id`]: { summary: 'Show an install', answer: 'Install' },
  [`GET ${installs}/queue`]: { summary: 'The queue of installs', answer: 'QueueView' },
  [`POST ${installs}/queue/move`]: {
    summary: 'Give an install another place in the queue',
    body: moveInput,
    answer: 'Install',
    refuses: [404],
  },
  [`GET ${installs}/batches`]: {
    summary: 'List requests for many systems',
    query: batchesQuery,
    answer: 'InstallBatchList',
  },
  [`GET ${installs}/batches/:id`]: {
    summary: 'How far such a request is',
    answer: 'BatchProgress',
  },
  [`POST ${installs}/batches/:id/cancel`]: {
    summary: 'Cancel what a request has begun, or only what waits of it',
    body: cancelBatchInput,
    isBodyOptional: true,
    answer: 'BatchProgress',
  },
  'GET /api/v1/explain': {
    summary: 'What a machine would be answered, and why',
    query: explainQuery,
    answer: 'Explanation',
    refuses: [404],
  },
};
