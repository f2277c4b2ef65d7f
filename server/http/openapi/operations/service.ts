import { tokenInput, userInput, userPatch } from '../../../../src/domain/access/credential.ts';
import { setupInput } from '../../../../src/services/access/access.ts';
import { auditQuery } from '../../../../src/services/access/audit-log.ts';
import { loginInput } from '../../../../src/services/access/sessions.ts';
import { changePasswordInput, passwordInput } from '../../../../src/services/access/users.ts';
import { loaderFileQuery, loadersInput } from '../../../../src/services/boot/loaders.ts';
import { deadInput, deliveryQuery } from '../../../../src/services/notifications/notifications.ts';
import { inventoryQuery } from '../../../../src/services/systems/inventory.ts';
import { backupInput } from '../../../backup/backup-service.ts';
import { sessionsQuery } from '../../api/access.ts';
import { noticeTestInput } from '../../api/notifications.ts';
import type { Operations } from './operation.ts';

const users = '/api/v1/users';
const notifications = '/api/v1/notifications';

/** Who may do what. */
export const ACCESS_OPERATIONS: Operations = {
  'GET /api/v1/whoami': { summary: 'Who one is, and what one may do', answer: 'Whoami' },
  'POST /api/v1/whoami/password': { summary: 'Change one’s own password', body: changePasswordInput },
  'POST /api/v1/login': {
    summary: 'Log in with name and password, for a session',
    body: loginInput,
    answer: 'Login',
  },
  'POST /api/v1/logout': { summary: 'End the session' },
  'POST /api/v1/setup': {
    summary: 'Change the setup token for the first API token',
    body: setupInput,
    answer: 'Setup',
    status: 201,
  },
  'GET /api/v1/tokens': { summary: 'List API tokens', answer: 'TokenList' },
  'POST /api/v1/tokens': {
    summary: 'Make an API token; it is shown once',
    body: tokenInput,
    answer: 'NewToken',
    status: 201,
  },
  'DELETE /api/v1/tokens/:name': { summary: 'Revoke a token' },
  [`GET ${users}`]: { summary: 'List users', answer: 'UserList' },
  [`POST ${users}`]: { summary: 'Add a user', body: userInput, answer: 'User', status: 201 },
  [`GET ${users}/:name`]: { summary: 'Show a user', answer: 'User' },
  [`PATCH ${users}/:name`]: { summary: 'Change a user', body: userPatch, answer: 'User' },
  [`DELETE ${users}/:name`]: { summary: 'Remove a user' },
  [`PUT ${users}/:name/password`]: { summary: 'Set the password of a user', body: passwordInput },
  'GET /api/v1/sessions': { summary: 'List sessions', answer: 'SessionList' },
  'DELETE /api/v1/sessions': {
    summary: 'End the sessions of a user, or of everybody',
    query: sessionsQuery,
    answer: 'Count',
  },
  'DELETE /api/v1/sessions/:id': { summary: 'End a session' },
  'GET /api/v1/audit': { summary: 'Who did what, and from where', query: auditQuery, answer: 'AuditPage' },
  'GET /api/v1/systems/:name/audit': {
    summary: 'What was done with a system',
    query: auditQuery,
    answer: 'AuditPage',
  },
};

/** The service itself, and what it tells others. */
export const SERVICE_OPERATIONS: Operations = {
  'GET /healthz': { summary: 'Is the service up?', answer: 'Health' },
  'GET /metrics': { summary: 'Numbers for Prometheus', answerType: 'text/plain' },
  'GET /api/v1/status': { summary: 'Listeners, warnings and counters', answer: 'Status' },
  'GET /api/v1/doctor': { summary: 'Look at the service and its machine now', answer: 'CheckList' },
  'GET /api/v1/leases': { summary: 'List DHCP leases', answer: 'LeaseList' },
  'GET /api/v1/loaders': { summary: 'List boot loaders', answer: 'LoaderList' },
  'POST /api/v1/loaders/install': {
    summary: 'Install boot loaders from the packages of the server',
    body: loadersInput,
    isBodyOptional: true,
    answer: 'LoaderInstallList',
    refuses: [404],
  },
  'PUT /api/v1/loaders/:name': {
    summary: 'Give the server a boot loader',
    bodyType: 'application/octet-stream',
    query: loaderFileQuery,
    answer: 'Loader',
  },
  'DELETE /api/v1/loaders/:name': { summary: 'Remove a boot loader' },
  'POST /api/v1/backups': {
    summary: 'A backup as of now, as an archive',
    body: backupInput,
    isBodyOptional: true,
    answerType: 'application/x-tar',
  },
  'GET /api/v1/inventory/ansible': {
    summary: 'Inventory for Ansible',
    query: inventoryQuery,
    answer: 'AnsibleInventory',
  },
  [`GET ${notifications}`]: {
    summary: 'List notifications',
    query: deliveryQuery,
    answer: 'DeliveryList',
  },
  [`GET ${notifications}/endpoints`]: { summary: 'Who is told of what', answer: 'EndpointList' },
  [`GET ${notifications}/:id`]: { summary: 'Show a notification', answer: 'Delivery' },
  [`POST ${notifications}/retry`]: {
    summary: 'Try notifications again that were given up',
    body: deadInput,
    answer: 'Count',
    refuses: [404],
  },
  [`POST ${notifications}/discard`]: {
    summary: 'Remove notifications that were given up',
    body: deadInput,
    answer: 'Count',
    refuses: [404],
  },
  [`POST ${notifications}/test`]: {
    summary: 'Send a notification now',
    body: noticeTestInput,
    answer: 'DeliveryOutcome',
    refuses: [404],
  },
  'GET /api/v1/openapi.json': { summary: 'This document', answer: 'OpenApi' },
  'GET /api/v1/docs': { summary: 'This document as a page', answerType: 'text/html' },
};
