import type { Check } from '../../domain/check.ts';
import type { BmcLogEntry, BmcSensor } from '../../domain/power/bmc-driver.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Column } from '../output/table.ts';
import { checkName } from '../records/check-name.ts';

const SENSORS: readonly Column<BmcSensor>[] = [
  { header: 'SENSOR', value: ({ name }) => name },
  { header: 'VALUE', value: ({ value }) => value },
  { header: 'UNIT', value: ({ unit }) => unit },
  { header: 'STATE', value: ({ state }) => state },
];
const LOG: readonly Column<BmcLogEntry>[] = [
  { header: 'ID', value: ({ id }) => id },
  { header: 'AT', value: ({ at }) => at },
  { header: 'MESSAGE', value: ({ message }) => message },
];
const CHECKS: readonly Column<Check>[] = [
  { header: 'STATE', value: ({ state }) => state },
  { header: 'CHECK', value: ({ name }) => name },
  { header: 'WHAT', value: ({ what }) => what },
  { header: 'NEXT', value: ({ next }) => next },
];

export const bmcInfo = defineCommand<{ readonly name: string }>({
  noun: 'bmc',
  verb: 'info',
  summary: 'show vendor, model, serial number, firmware and LAN side, as the BMC tells them',
  operand: 'name',
  flags: [],
  examples: ['provision bmc info web001'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, out }) => {
    out.details(await (await connect()).power.info(name));
    return undefined;
  },
});

export const bmcSensors = defineCommand<{ readonly name: string }>({
  noun: 'bmc',
  verb: 'sensors',
  summary: 'show what the sensors of a machine read',
  operand: 'name',
  flags: [],
  examples: ['provision bmc sensors web001'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, out }) => {
    const list = await (await connect()).power.sensors(name);
    out.list(list, list.items, SENSORS, `the BMC of ${name} names no sensor`);
    return undefined;
  },
});

export const bmcLog = defineCommand<{ readonly name: string; readonly limit: number | undefined }>({
  noun: 'bmc',
  verb: 'log',
  summary: 'show the event log of a BMC, newest first',
  operand: 'name',
  flags: [{ flag: '--limit <n>', help: 'at most so many; 50 unless given', fields: ['limit'] }],
  examples: ['provision bmc log web001', 'provision bmc log web001 --limit 500'],
  parse: ({ name, flags }) => ({ name: checkName(name), limit: flags.integer('limit') }),
  run: async ({ name, limit }, { connect, out }) => {
    const list = await (await connect()).power.log(name, limit);
    out.list(list, list.items, LOG, `the event log of ${name} is empty`);
    return undefined;
  },
});

export const bmcCheck = defineCommand<{ readonly name: string }>({
  noun: 'bmc',
  verb: 'check',
  summary: 'say what is unsafe about a BMC; exit status 1 if there is a problem',
  operand: 'name',
  flags: [],
  examples: ['provision bmc check web001'],
  parse: ({ name }) => ({ name: checkName(name) }),
  run: async ({ name }, { connect, out }) => {
    const list = await (await connect()).power.check(name);
    out.list(list, list.items, CHECKS, `nothing unsafe was found about the BMC of ${name}`);
    return list.items.some(({ state }) => state === 'problem') ? EXIT.failure : undefined;
  },
});
