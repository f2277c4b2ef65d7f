import type { BmcSensor } from '../domain/power/bmc-driver.ts';
import { bmcText } from './bmc-text.ts';
import { isExpanded, readMembers } from './collection.ts';
import type { Exchange, Fetched } from './exchange.ts';
import { chassisOf } from './indicator.ts';
import { linkAt, numberAt, objectsAt, type Resource, rowOf, textAt, valueAt } from './resource.ts';

const MOST_CHASSIS = 4;
const MOST_SENSORS = 100;

interface SensorList {
  /** Property of the chassis, and the list in what it leads to. */
  readonly resource: 'Thermal' | 'Power';
  readonly list: string;
  readonly reading: string;
  readonly unit: string;
}

/** Lists of the schemas Thermal and Power, which hold all readings of a chassis in two answers. */
const LISTS: readonly SensorList[] = [
  { resource: 'Thermal', list: 'Temperatures', reading: 'ReadingCelsius', unit: '°C' },
  { resource: 'Thermal', list: 'Fans', reading: 'Reading', unit: 'RPM' },
  { resource: 'Power', list: 'Voltages', reading: 'ReadingVolts', unit: 'V' },
  { resource: 'Power', list: 'PowerControl', reading: 'PowerConsumedWatts', unit: 'W' },
  { resource: 'Power', list: 'PowerSupplies', reading: 'LastPowerOutputWatts', unit: 'W' },
];

/** ReadingUnits of the schemas Sensor (UCUM) and Thermal, where they are not written as we do. */
const UNITS: Readonly<Record<string, string>> = { Cel: '°C', '{rev}/min': 'RPM', Percent: '%' };

const HEALTH: Readonly<Record<string, BmcSensor['state']>> = {
  OK: 'ok',
  Warning: 'warning',
  Critical: 'critical',
};

/**
 * What the chassis of the system measures. Thermal and Power where there are, since that is two requests a chassis;
 * newer firmware has a collection of sensors only, each of them one request where it is not expanded.
 */
export async function readSensors(
  exchange: Exchange,
  system: Fetched,
  canExpand: boolean,
  signal: AbortSignal,
): Promise<BmcSensor[]> {
  const sensors: BmcSensor[] = [];
  for (const reference of chassisOf(system).slice(0, MOST_CHASSIS)) {
    const chassis = await exchange.find(reference, signal);
    if (chassis === null) continue;
    const listed = await readLists(exchange, chassis.resource, signal);
    sensors.push(
      ...(listed.length > 0 ? listed : await readCollection(exchange, chassis, canExpand, signal)),
    );
  }
  return sensors;
}

async function readLists(exchange: Exchange, chassis: Resource, signal: AbortSignal): Promise<BmcSensor[]> {
  const sensors: BmcSensor[] = [];
  for (const name of ['Thermal', 'Power'] as const) {
    const reference = linkAt(chassis, name);
    const found = reference === null ? null : await exchange.find(reference, signal);
    if (found === null) continue;
    for (const list of LISTS.filter(({ resource }) => resource === name))
      sensors.push(
        ...objectsAt(found.resource, list.list).flatMap((item) => sensorOf(item, list.reading, list.unit)),
      );
  }
  return sensors;
}

async function readCollection(
  exchange: Exchange,
  chassis: Fetched,
  canExpand: boolean,
  signal: AbortSignal,
): Promise<BmcSensor[]> {
  const reference = linkAt(chassis.resource, 'Sensors');
  if (reference === null) return [];
  // DSP0266 §7.3: all members as a whole in one answer.
  const members = await readMembers(
    exchange,
    canExpand ? `${reference}?$expand=.($levels=1)` : reference,
    MOST_SENSORS,
    signal,
  );
  const sensors: BmcSensor[] = [];
  for (const member of members.slice(0, MOST_SENSORS)) {
    const link = textAt(member, '@odata.id');
    const whole =
      isExpanded(member) || link === null ? member : (await exchange.find(link, signal))?.resource;
    if (whole !== undefined) sensors.push(...sensorOf(whole, 'Reading', ''));
  }
  return sensors;
}

/** One sensor out of its object; none where the part is not there (an empty fan bay). */
function sensorOf(item: Resource, reading: string, unit: string): BmcSensor[] {
  if (textAt(item, 'Status', 'State') === 'Absent') return [];
  const name = textAt(item, 'Name') ?? textAt(item, 'FanName') ?? textAt(item, 'MemberId');
  if (name === null) return [];
  const units = textAt(item, 'ReadingUnits') ?? unit;
  return [
    {
      name: bmcText(name),
      value: numberAt(item, reading),
      unit: bmcText(rowOf(UNITS, units) ?? units),
      state: rowOf(HEALTH, textAt(item, 'Status', 'Health')) ?? 'unknown',
    },
  ];
}

/** Does the service root promise `$expand`? */
export function rootExpands(root: Resource): boolean {
  return valueAt(root, 'ProtocolFeaturesSupported', 'ExpandQuery', 'NoLinks') === true;
}
