/** Stages of a machine's life that the service sees; the words of the timeline. */
export const STAGES = [
  'queued',
  'armed',
  'dhcp-discover',
  'dhcp-offer',
  'dhcp-request',
  'dhcp-ack',
  'dhcp-nak',
  'dhcp-decline',
  'tftp',
  'loader',
  'boot-script',
  'local-boot',
  'kernel',
  'initrd',
  'answer-file',
  'image',
  'installing',
  'partitioning',
  /** A step of the installer; `data` names it. */
  'progress',
  /** The installer has uploaded a log. */
  'log',
  'installed',
  'failed',
  'first-boot',
  'expired',
  'cancelled',
  'refused',
  'address-in-use',
  'other-dhcp-server',
  'power',
  'boot-device',
  'ssh',
  'handoff',
  /** What became of its certificate at a configuration management's authority. */
  'certificate',
  /** An install has come to another state; written by the database itself. */
  'state',
] as const;
export type Stage = (typeof STAGES)[number];

/** Stages that a machine may report itself; every other one is the service's own to say. */
export const REPORTED_STAGES = [
  'installing',
  'partitioning',
  'progress',
  'installed',
  'failed',
  'first-boot',
] as const;
export type ReportedStage = (typeof REPORTED_STAGES)[number];

export type Outcome = 'ok' | 'warning' | 'error';

/** One observed stage of one machine. `system` is null for a machine that no record knows. */
export interface NewBootEvent {
  readonly systemId: number | null;
  readonly mac: string | null;
  readonly installId: number | null;
  readonly stage: Stage;
  readonly outcome: Outcome;
  /** One sentence for people; text that came from a machine is hostile and is only ever shown as text. */
  readonly message: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface BootEvent extends Omit<NewBootEvent, 'systemId'> {
  readonly id: number;
  readonly at: string;
  readonly system: string | null;
}
