import { defineCommand } from '../command.ts';
import { LEASE_COLUMNS } from '../records/record-views.ts';

export const leaseList = defineCommand({
  noun: 'lease',
  verb: 'list',
  summary: 'list the addresses that are given out',
  operand: null,
  flags: [],
  examples: ['provision lease list'],
  parse: () => ({}),
  run: async (_options, { connect, out }) => {
    const leases = await (await connect()).leases.list();
    out.list(leases, leases.items, LEASE_COLUMNS, 'no address is given out');
    return undefined;
  },
});
