import { handoffInput } from '../../../../src/services/handoff/handoff-requests.ts';
import { bootDeviceInput, identifyInput } from '../../../../src/services/power/bmc-operations.ts';
import { powerInput } from '../../../../src/services/power/power-requests.ts';
import { statusInput } from '../../../../src/services/power/power-states.ts';
import { consoleQuery } from '../../api/consoles.ts';
import { handoffLogQuery, handoffsQuery } from '../../api/handoffs.ts';
import { bmcLogQuery, jobsQuery } from '../../api/power.ts';
import type { Operations } from './operation.ts';

/** A BMC is asked: it may not do it, or there is none. */
const bmc = { refuses: [409, 502] } as const;
const system = '/api/v1/systems/:name';

/** Power, BMCs, consoles and hand-offs. */
export const MACHINE_OPERATIONS: Operations = {
  'POST /api/v1/power': {
    summary: 'Switch machines',
    body: powerInput,
    answer: 'JobReceipt',
    status: 202,
    refuses: [404],
  },
  'POST /api/v1/power/status': {
    summary: 'Ask BMCs for the power of machines',
    body: statusInput,
    answer: 'PowerStatusList',
    refuses: [404],
  },
  [`GET ${system}/power`]: {
    summary: 'Ask the BMC of a system for its power',
    answer: 'PowerStatus',
    ...bmc,
  },
  'GET /api/v1/jobs': { summary: 'List power jobs', query: jobsQuery, answer: 'JobList' },
  'GET /api/v1/jobs/:id': { summary: 'Show a power job', answer: 'Job' },
  'POST /api/v1/jobs/:id/cancel': { summary: 'Cancel a power job', answer: 'Job' },
  [`GET ${system}/boot-device`]: {
    summary: 'The boot device that a BMC has set',
    answer: 'BootDevice',
    ...bmc,
  },
  [`PUT ${system}/boot-device`]: {
    summary: 'Set the next boot device',
    body: bootDeviceInput,
    answer: 'BootDeviceResult',
    ...bmc,
  },
  [`POST ${system}/identify`]: {
    summary: 'Blink the light of a machine',
    body: identifyInput,
    answer: 'Identify',
    ...bmc,
  },
  [`GET ${system}/bmc`]: { summary: 'What a BMC says of its machine', answer: 'BmcInfo', ...bmc },
  [`GET ${system}/bmc/sensors`]: { summary: 'Sensors of a machine', answer: 'BmcSensorList', ...bmc },
  [`GET ${system}/bmc/log`]: {
    summary: 'The event log of a BMC',
    query: bmcLogQuery,
    answer: 'BmcLogList',
    ...bmc,
  },
  [`GET ${system}/bmc/check`]: { summary: 'What is unsafe about a BMC', answer: 'CheckList', ...bmc },
  [`GET ${system}/console`]: {
    summary: 'The serial console, for as long as somebody looks',
    query: consoleQuery,
    answerType: 'application/octet-stream',
    ...bmc,
  },
  [`POST ${system}/console/:seat/input`]: {
    summary: 'Type at a console',
    bodyType: 'application/octet-stream',
    ...bmc,
  },
  [`POST ${system}/console/:seat/break`]: { summary: 'Send a break at a console', ...bmc },
  'POST /api/v1/handoffs': {
    summary: 'Configure machines in service',
    body: handoffInput,
    answer: 'HandoffReceipt',
    status: 202,
    refuses: [404],
  },
  'GET /api/v1/handoffs': { summary: 'List runs of hand-offs', query: handoffsQuery, answer: 'HandoffList' },
  'GET /api/v1/handoffs/:id': { summary: 'Show a run of a hand-off', answer: 'Handoff' },
  'GET /api/v1/handoffs/:id/log': {
    summary: 'What a run has said, a piece at a time',
    query: handoffLogQuery,
    answer: 'HandoffLog',
  },
  'POST /api/v1/handoffs/:id/cancel': { summary: 'Cancel a run', answer: 'Handoff' },
  [`POST ${system}/handoff/retry`]: { summary: 'Try a hand-off again', answer: 'Handoff', status: 202 },
};
