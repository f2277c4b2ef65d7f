import { z } from 'zod';
import type { ChosenFirmware } from '../../domain/boot/chosen-firmware.ts';
import { DomainError, notFound } from '../../domain/errors.ts';
import { type Explanation, FIRMWARE_KINDS, type FirmwareKind } from '../../domain/install/explanation.ts';
import { bootCardOf, topOf } from '../../domain/network/interface-graph.ts';
import { type Mac, parseMac } from '../../domain/network/mac.ts';
import type { SystemInterface } from '../../domain/network/network-interface.ts';
import type { Subnet } from '../../domain/network/subnet.ts';
import { parseIdentifier } from '../../domain/records/identifier.ts';
import type { Store, StoredSystem } from '../../store/interfaces/store.ts';
import { FIRMWARE } from './probe-packet.ts';

/** What is asked. */
export const explainQuery = z.strictObject({
  /** MAC, or name of a system. */
  who: z.string().min(1).max(64),
  arch: z.enum(FIRMWARE_KINDS).optional(),
  /** The machine runs this loader already. */
  loaderClass: z.enum(['ipxe']).optional(),
  /** As if it were armed, once, now. */
  asIfArmed: z.stringbool().default(false),
  /** Where it is plugged in; default: where its record says. */
  subnet: z.string().max(64).optional(),
});
export type ExplainQuery = z.infer<typeof explainQuery>;

/** The machine that is explained. */
export interface Subject {
  readonly mac: Mac;
  readonly stored: StoredSystem | undefined;
  readonly card: SystemInterface | undefined;
  readonly subnet: Subnet | undefined;
  readonly identity: {
    readonly clientId?: Buffer | undefined;
    readonly circuitId?: Buffer | undefined;
    readonly remoteId?: Buffer | undefined;
  };
  readonly firmware: Explanation['firmware'];
}

/** A MAC for cards that their record knows by something else; locally administered, so nobody's. */
const ANY_MAC = '02:00:00:00:00:01';

/** Events looked at for what its firmware said last. */
const WHOLE_TIMELINE = 10_000;

/** Finds the machine. Throws DomainError 'not-found' for a name or a subnet that is not there. */
export async function findSubject({ read }: Pick<Store, 'read'>, query: ExplainQuery): Promise<Subject> {
  const asMac = parseMac(query.who);
  const stored =
    asMac === undefined ? await read.systems.find(query.who) : await read.systems.findByMac(asMac);
  if (asMac === undefined && stored === undefined) throw notFound('system', query.who);
  const interfaces = stored?.system.interfaces ?? [];
  const card =
    interfaces.find(({ mac, seenMac }) => asMac !== undefined && (mac ?? seenMac) === asMac) ??
    bootCardOf(interfaces);
  const mac = asMac ?? parseMac(card?.mac ?? card?.seenMac ?? ANY_MAC);
  if (mac === undefined) throw new DomainError('invalid', `'${query.who}' is no MAC address`);
  return {
    mac,
    stored,
    card,
    subnet: await subnetOf(read, query, card && topOf(interfaces, card)),
    identity: {
      clientId: bytesOf(card?.clientId),
      circuitId: bytesOf(card?.circuitId),
      remoteId: bytesOf(card?.remoteId),
    },
    firmware: await firmwareOf(read, query, stored),
  };
}

function bytesOf(text: string | null | undefined): Buffer | undefined {
  return text == null ? undefined : parseIdentifier(text);
}

async function subnetOf(
  read: Store['read'],
  query: ExplainQuery,
  card: SystemInterface | undefined,
): Promise<Subnet | undefined> {
  const all = await read.subnets.list();
  const name = query.subnet ?? card?.subnet ?? undefined;
  const named = all.find((subnet) => subnet.name === name);
  if (query.subnet !== undefined && named === undefined) throw notFound('subnet', query.subnet);
  return named ?? all.find(({ dhcp }) => dhcp !== 'off') ?? all[0];
}

/** How it is known that a machine is of the legacy kind. */
const BIOS_BY: Readonly<Record<ChosenFirmware['from'], string>> = {
  system: 'its record (--bmc-firmware)',
  heard: 'heard',
  loader: 'its loader, which is for nothing else',
  default: 'the usual one',
};

async function firmwareOf(
  read: Store['read'],
  { arch }: ExplainQuery,
  stored: StoredSystem | undefined,
): Promise<Subject['firmware']> {
  const named = (kind: FirmwareKind, from: string): Subject['firmware'] => ({ kind, from });
  if (arch !== undefined) return named(arch, 'asked for');
  if (stored === undefined) return named('uefi-x64', 'the usual one; --arch says another');
  const events = await read.events.list(
    { systemId: stored.system.id, stages: ['dhcp-discover'] },
    0,
    WHOLE_TIMELINE,
  );
  const heard = events.findLast(({ data }) => data['netboot'] === true && data['archCodes'] !== '');
  const kind = FIRMWARE_KINDS.find((one) => {
    const { archCodes, isHttp } = FIRMWARE[one];
    const [first] = String(heard?.data['archCodes'] ?? '').split(',');
    return heard !== undefined && String(archCodes[0]) === first && isHttp === (heard.data['http'] === true);
  });
  if (kind !== undefined) return named(kind, `heard ${heard?.at}`);
  const { value, from } = stored.system.effective.firmware;
  if (value === 'bios') return named('bios', BIOS_BY[from]);
  const profile = await read.profiles.find(stored.system.profile);
  const distro = profile === undefined ? undefined : await read.distros.find(profile.profile.distro);
  if (distro?.arch === 'aarch64') return named('arm64', 'the arch of its distro');
  return named('uefi-x64', 'the usual one; --arch says another');
}
