import type { Flavour } from './flavours.ts';

export interface MachineState {
  power: 'On' | 'Off';
  boot: { target: string; enabled: string; mode: string; httpUri: string | null };
  lit: boolean;
  /** Grows with every change; the ETag. */
  version: number;
}

export type Tree = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

const link = (path: string) => ({ '@odata.id': path });
const links = (...paths: readonly string[]) => paths.map(link);

/** The log of the machine, oldest first: what a BMC writes before its clock is set, and after. */
export const LOG_MESSAGES = [
  { at: '1970-01-01T00:00:09Z', severity: 'OK', message: 'BMC started' },
  { at: '2026-03-01T10:00:00Z', severity: 'OK', message: 'Power on' },
  { at: '2026-03-02T10:00:00Z', severity: 'Warning', message: 'Fan 2 is slow' },
  { at: '2026-03-03T12:00:00+02:00', severity: 'Critical', message: 'Fan 2 failed' },
] as const;

const SENSORS = [
  { Name: 'Inlet Temp', Reading: 21.5, ReadingUnits: 'Cel', Status: { State: 'Enabled', Health: 'OK' } },
  {
    Name: 'Fan 2',
    Reading: 900,
    ReadingUnits: '{rev}/min',
    Status: { State: 'Enabled', Health: 'Critical' },
  },
  { Name: 'Fan 9', Reading: null, ReadingUnits: '{rev}/min', Status: { State: 'Absent' } },
  { Name: 'PSU', Reading: 211, ReadingUnits: 'W', Status: { State: 'Enabled', Health: 'Warning' } },
];

/** Every resource of a simulated BMC as it is now, by its path without a slash at the end. */
export function resourcesOf(flavour: Flavour, state: MachineState, address: string): Tree {
  const root = '/redfish/v1';
  const system = `${root}/Systems/${flavour.systemId}`;
  const manager = `${root}/Managers/${flavour.managerId}`;
  const chassis = `${root}/Chassis/1`;
  const log = `${flavour.logOwner === 'system' ? system : manager}/LogServices`;
  const tree = new Map<string, Record<string, unknown>>();
  const put = (path: string, resource: Record<string, unknown>) =>
    tree.set(path, { ...link(path), ...resource });
  const list = (path: string, members: readonly unknown[]) =>
    put(path, { Name: 'Collection', Members: members, 'Members@odata.count': members.length });

  put('/redfish', { v1: `${root}/` });
  put(root, {
    Id: 'RootService',
    Name: 'Root Service',
    RedfishVersion: '1.6.0',
    Systems: link(`${root}/Systems`),
    Managers: link(`${root}/Managers`),
    Chassis: link(`${root}/Chassis`),
    ...(flavour.sessionService
      ? {
          SessionService: link(`${root}/SessionService`),
          Links: { Sessions: link(`${root}/SessionService/Sessions`) },
        }
      : {}),
    ...(flavour.sensors === 'expanded'
      ? { ProtocolFeaturesSupported: { ExpandQuery: { NoLinks: true } } }
      : {}),
  });
  if (flavour.sessionService)
    put(`${root}/SessionService`, {
      Id: 'SessionService',
      Sessions: link(`${root}/SessionService/Sessions`),
    });
  list(`${root}/Systems`, links(system));
  list(`${root}/Managers`, links(manager));
  list(`${root}/Chassis`, links(chassis));
  putSystem(put, flavour, state, system, manager, chassis, log);
  put(manager, {
    Id: flavour.managerId,
    FirmwareVersion: '7.00.00.171',
    EthernetInterfaces: link(`${manager}/EthernetInterfaces`),
    ...(flavour.logOwner === 'manager' ? { LogServices: link(log) } : {}),
  });
  list(
    `${manager}/EthernetInterfaces`,
    links(`${manager}/EthernetInterfaces/usb`, `${manager}/EthernetInterfaces/1`),
  );
  put(`${manager}/EthernetInterfaces/usb`, { IPv4Addresses: [{ Address: '169.254.0.17' }] });
  put(`${manager}/EthernetInterfaces/1`, {
    MACAddress: 'AA:BB:CC:00:11:22',
    IPv4Addresses: [{ Address: address }],
  });
  putChassis(put, list, flavour, state, chassis);
  list(log, links(`${log}/Audit`, `${log}/${flavour.logId}`));
  put(`${log}/${flavour.logId}`, { Id: flavour.logId, Entries: link(`${log}/${flavour.logId}/Entries`) });
  putEntries(put, list, flavour, `${log}/${flavour.logId}/Entries`);
  return tree;
}

type Put = (path: string, resource: Record<string, unknown>) => void;
type List = (path: string, members: readonly unknown[]) => void;

function putSystem(
  put: Put,
  flavour: Flavour,
  state: MachineState,
  system: string,
  manager: string,
  chassis: string,
  log: string,
): void {
  const boot = {
    BootSourceOverrideTarget: state.boot.target,
    'BootSourceOverrideTarget@Redfish.AllowableValues': flavour.bootTargets,
    BootSourceOverrideEnabled: state.boot.enabled,
    BootSourceOverrideMode: state.boot.mode,
    HttpBootUri: state.boot.httpUri,
  };
  const atSettings = flavour.bootAt === 'settings';
  put(system, {
    Id: flavour.systemId,
    Name: 'System',
    Manufacturer: flavour.vendor,
    Model: flavour.model,
    SerialNumber: 'CN0123456789',
    SKU: 'ABC1234',
    PowerState: state.power,
    Boot: atSettings ? { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' } : boot,
    ...(flavour.indicator === 'system' ? { LocationIndicatorActive: state.lit } : {}),
    ...(flavour.indicator === 'system-led' ? { IndicatorLED: state.lit ? 'Blinking' : 'Off' } : {}),
    ...(flavour.logOwner === 'system' ? { LogServices: { '@odata.id': log } } : {}),
    Links: { ManagedBy: links(manager), Chassis: links(chassis) },
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${system}/Actions/ComputerSystem.Reset`,
        ...(flavour.resetTypesAt === 'action'
          ? { 'ResetType@Redfish.AllowableValues': flavour.resetTypes }
          : {}),
        ...(flavour.resetTypesAt === 'info' ? { '@Redfish.ActionInfo': `${system}/ResetActionInfo` } : {}),
      },
    },
  });
  if (flavour.resetTypesAt === 'info')
    put(`${system}/ResetActionInfo`, {
      Parameters: [{ Name: 'ResetType', Required: true, AllowableValues: flavour.resetTypes }],
    });
  if (atSettings) put(`${system}/SD`, { Id: 'SD', Boot: boot });
}

function putChassis(put: Put, list: List, flavour: Flavour, state: MachineState, chassis: string): void {
  const lists = flavour.sensors === 'lists';
  put(chassis, {
    Id: '1',
    ...(flavour.indicator === 'chassis-led' ? { IndicatorLED: state.lit ? 'Blinking' : 'Off' } : {}),
    ...(lists
      ? { Thermal: link(`${chassis}/Thermal`), Power: link(`${chassis}/Power`) }
      : { Sensors: link(`${chassis}/Sensors`) }),
  });
  const [inlet, fan, absent, psu] = SENSORS;
  if (lists) {
    put(`${chassis}/Thermal`, {
      Temperatures: [
        { ...inlet, Reading: undefined, ReadingUnits: undefined, ReadingCelsius: inlet?.Reading },
      ],
      Fans: [{ ...fan, ReadingUnits: 'RPM' }, absent],
    });
    put(`${chassis}/Power`, {
      PowerSupplies: [
        { ...psu, Reading: undefined, ReadingUnits: undefined, LastPowerOutputWatts: psu?.Reading },
      ],
    });
    return;
  }
  const paths = SENSORS.map((_, index) => `${chassis}/Sensors/${index}`);
  list(
    `${chassis}/Sensors`,
    flavour.sensors === 'expanded'
      ? SENSORS.map((sensor, i) => ({ ...link(paths[i] ?? ''), ...sensor }))
      : links(...paths),
  );
  SENSORS.forEach((sensor, index) => {
    put(paths[index] ?? '', sensor);
  });
}

function putEntries(put: Put, list: List, flavour: Flavour, path: string): void {
  const entries = LOG_MESSAGES.map(({ at, severity, message }, index) => ({
    ...link(`${path}/${index + 1}`),
    Id: String(index + 1),
    Created: at,
    Severity: severity,
    Message: message,
  }));
  for (const entry of entries) put(entry['@odata.id'], entry);
  const ordered = flavour.logOrder === 'newest-first' ? [...entries].reverse() : entries;
  list(path, flavour.logMembers === 'whole' ? ordered : ordered.map((entry) => link(entry['@odata.id'])));
}
