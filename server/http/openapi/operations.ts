import { INSTALL_OPERATIONS } from './operations/installs.ts';
import { MACHINE_OPERATIONS } from './operations/machines.ts';
import type { Operations } from './operations/operation.ts';
import { RECORD_OPERATIONS } from './operations/records.ts';
import { ACCESS_OPERATIONS, SERVICE_OPERATIONS } from './operations/service.ts';

/** By method and path, as the routes are declared. Every route is here, and nothing else is. */
export const OPERATIONS: Operations = {
  ...RECORD_OPERATIONS,
  ...INSTALL_OPERATIONS,
  ...MACHINE_OPERATIONS,
  ...ACCESS_OPERATIONS,
  ...SERVICE_OPERATIONS,
};
