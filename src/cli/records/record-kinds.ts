import type { z } from 'zod';
import type { Client } from '../../client/client.ts';
import { interfaceInput, type SystemInterface } from '../../domain/network/network-interface.ts';
import { type SubnetInput, subnetInput } from '../../domain/network/subnet.ts';
import { type DistroInput, distroInput } from '../../domain/records/distro.ts';
import { type ProfileInput, profileInput } from '../../domain/records/profile.ts';
import { type System, systemInput } from '../../domain/records/system.ts';
import { withoutDefaults } from '../../domain/records/without-defaults.ts';
import type { InterfaceAdd } from '../flags/parse-interface.ts';
import type { RecordNoun } from './record-nouns.ts';

/** A record as the API answers it, as far as all kinds have it in common. */
interface StoredRecord {
  readonly name: string;
  readonly revision: number;
  readonly secretsSet?: readonly string[];
}

/** How the record of one kind is read, judged and changed as a whole. */
export interface RecordKind {
  readonly noun: RecordNoun;
  readonly schema: z.ZodType;
  readonly get: (client: Client, name: string) => Promise<StoredRecord>;
  /** `input` as the schema has read it. */
  readonly update: (client: Client, name: string, input: unknown, revision: number) => Promise<StoredRecord>;
  readonly rename: (client: Client, old: string, name: string) => Promise<StoredRecord>;
  /** The record as it would be added: what the server makes of it is left out, and so are secrets, which nobody reads. */
  readonly toInput: (record: StoredRecord) => Record<string, unknown>;
  /** Which secrets it has. */
  readonly secrets: (record: StoredRecord) => readonly string[];
}

/** What all kinds have in common. */
function reached(
  noun: RecordNoun,
  schema: z.ZodType,
): Pick<RecordKind, 'noun' | 'schema' | 'get' | 'rename'> {
  const nouns = `${noun}s` as const;
  return {
    noun,
    schema,
    get: (client, name) => client[nouns].get(name),
    rename: (client, old, name) => client[nouns].update(old, { name }),
  };
}

export const RECORD_KINDS: Readonly<Record<RecordNoun, RecordKind>> = {
  distro: {
    ...reached('distro', distroInput),
    update: (client, name, input, revision) => client.distros.update(name, input as DistroInput, revision),
    toInput: (record) => fieldsOf(distroInput, record),
    secrets: () => [],
  },
  profile: {
    ...reached('profile', profileInput),
    update: (client, name, input, revision) => client.profiles.update(name, input as ProfileInput, revision),
    toInput: (record) => fieldsOf(profileInput, record),
    secrets: ({ secretsSet = [] }) => secretsSet,
  },
  subnet: {
    ...reached('subnet', subnetInput),
    update: (client, name, input, revision) => client.subnets.update(name, input as SubnetInput, revision),
    toInput: (record) => fieldsOf(subnetInput, record),
    secrets: () => [],
  },
  system: {
    ...reached('system', systemInput),
    update: (client, name, input, revision) => client.systems.update(name, input as never, revision),
    toInput: (record) => systemToInput(record as System),
    secrets: (record) => {
      const { secretsSet, bmc } = record as System;
      const ofBmc = bmc === null ? [] : [bmc.passwordSet && 'bmc.password', bmc.kgSet && 'bmc.kg'];
      return [...secretsSet, ...ofBmc].filter((one) => one !== false);
    },
  },
};

function systemToInput(system: System): Record<string, unknown> {
  const { passwordSet: _password, kgSet: _kg, ...bmc } = system.bmc ?? { passwordSet: false, kgSet: false };
  return {
    ...fieldsOf(systemInput, system),
    // Unless it was given, it is the name, also after the name has changed.
    hostname: system.hostname === system.name ? null : system.hostname,
    interfaces: system.interfaces.map(interfaceToInput),
    bmc: system.bmc === null ? null : bmc,
  };
}

/** An interface as it is sent back: without its subnet, which follows from its address. */
export function interfaceToInput(one: SystemInterface): InterfaceAdd {
  const { name, mac, ip } = one;
  const said = withoutDefaults(interfaceInput, { ...one, subnet: null }) as Partial<InterfaceAdd>;
  return { name, mac, ...said, ip };
}

/** What of a record its schema knows, in the schema's order. */
function fieldsOf(schema: z.ZodObject, record: object): Record<string, unknown> {
  const fields = Object.keys(schema.shape).map((key) => [key, (record as Record<string, unknown>)[key]]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}
