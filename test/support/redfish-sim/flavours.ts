// Simulated Redfish firmware: what each vendor's does otherwise, as data.

export interface Flavour {
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
  readonly systemId: string;
  readonly managerId: string;
  /** False: only HTTP basic authentication. */
  readonly sessionService: boolean;
  readonly maxSessions: number;
  /** MessageId where no session is left; its status is 503. */
  readonly fullMessage: string;
  readonly resetTypes: readonly string[];
  /** Where the ResetTypes are listed. */
  readonly resetTypesAt: 'action' | 'info' | 'nowhere';
  readonly bootTargets: readonly string[];
  /** `settings`: written at /SD only. */
  readonly bootAt: 'system' | 'settings';
  /** A change without the mode turns it to Legacy. */
  readonly losesMode: boolean;
  readonly modeIsReadOnly: boolean;
  /** Refuses `Disabled` together with the target None. */
  readonly refusesNone: boolean;
  /** Answers 400 to a boot override, and does it. */
  readonly saysNoAndDoes: boolean;
  /** Takes `Once` without an error and leaves things as they are. */
  readonly ignoresOnce: boolean;
  /** `required`: a change without If-Match is refused with 428; `weak`: tags are given weak and match strong only. */
  readonly etag: 'none' | 'strong' | 'weak' | 'required';
  readonly indicator: 'system' | 'system-led' | 'chassis-led' | 'none';
  readonly sensors: 'lists' | 'collection' | 'expanded';
  readonly logOwner: 'system' | 'manager';
  readonly logId: string;
  readonly logOrder: 'oldest-first' | 'newest-first';
  readonly logMembers: 'whole' | 'references';
}

const RESET_TYPES = [
  'On',
  'ForceOff',
  'GracefulShutdown',
  'GracefulRestart',
  'ForceRestart',
  'Nmi',
  'PushPowerButton',
];

export const PLAIN: Flavour = {
  name: 'plain DMTF',
  vendor: 'Contoso',
  model: '3500RX',
  systemId: '437XR1138R2',
  managerId: 'BMC',
  sessionService: true,
  maxSessions: 4,
  fullMessage: 'Base.1.8.SessionLimitExceeded',
  resetTypes: [...RESET_TYPES, 'PowerCycle'],
  resetTypesAt: 'action',
  bootTargets: ['None', 'Pxe', 'Hdd', 'Cd', 'BiosSetup', 'UefiHttp'],
  bootAt: 'system',
  losesMode: false,
  modeIsReadOnly: false,
  refusesNone: false,
  saysNoAndDoes: false,
  ignoresOnce: false,
  etag: 'strong',
  indicator: 'system',
  sensors: 'lists',
  logOwner: 'system',
  logId: 'EventLog',
  logOrder: 'oldest-first',
  logMembers: 'whole',
};

export const IDRAC9: Flavour = {
  ...PLAIN,
  name: 'iDRAC9',
  vendor: 'Dell Inc.',
  model: 'PowerEdge R640',
  systemId: 'System.Embedded.1',
  managerId: 'iDRAC.Embedded.1',
  fullMessage: 'IDRAC.2.4.RAC0218',
  etag: 'none',
  indicator: 'system-led',
  logOwner: 'manager',
  logId: 'Sel',
  logOrder: 'newest-first',
};

export const SUPERMICRO: Flavour = {
  ...PLAIN,
  name: 'Supermicro X12',
  vendor: 'Supermicro',
  model: 'SYS-120U-TNR',
  systemId: '1',
  managerId: '1',
  resetTypes: RESET_TYPES,
  resetTypesAt: 'info',
  bootTargets: ['None', 'Pxe', 'Hdd', 'Cd', 'UsbCd', 'BiosSetup', 'UefiHttp'],
  losesMode: true,
  etag: 'weak',
  indicator: 'system-led',
  logId: 'Log1',
  logMembers: 'references',
};

export const AMI: Flavour = {
  ...PLAIN,
  name: 'AMI',
  vendor: 'ASRockRack',
  model: 'WRX80 Creator',
  systemId: 'Self',
  managerId: 'Self',
  bootAt: 'settings',
  etag: 'required',
  indicator: 'chassis-led',
  sensors: 'collection',
  logOwner: 'manager',
  logId: 'SEL',
};

export const ILO5: Flavour = {
  ...PLAIN,
  name: 'iLO 5',
  vendor: 'HPE',
  model: 'ProLiant DL360 Gen10',
  systemId: '1',
  managerId: '1',
  resetTypes: [
    'On',
    'ForceOff',
    'GracefulShutdown',
    'ForceRestart',
    'Nmi',
    'PushPowerButton',
    'GracefulRestart',
  ],
  modeIsReadOnly: true,
  refusesNone: true,
  logId: 'IML',
};

export const OLD: Flavour = {
  ...PLAIN,
  name: 'without sessions',
  vendor: 'Fabrikam',
  model: 'F1',
  systemId: '1',
  managerId: '1',
  sessionService: false,
  resetTypesAt: 'nowhere',
  etag: 'none',
  indicator: 'none',
  sensors: 'expanded',
};

export const FLAVOURS: readonly Flavour[] = [PLAIN, IDRAC9, SUPERMICRO, AMI, ILO5, OLD];
