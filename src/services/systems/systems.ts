import type { z } from 'zod';
import { type Conflict, DomainError, invalid, type Problem } from '../../domain/errors.ts';
import { placeKeyOf } from '../../domain/network/binding-key.ts';
import { interfaceRules } from '../../domain/network/interface-rules.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import { canonicalIpv4, hostname } from '../../domain/records/fields.ts';
import { systemQuery } from '../../domain/records/record-query.ts';
import { type System, type SystemInput, systemInput, systemPatch } from '../../domain/records/system.ts';
import type { WantedAddress } from '../../store/interfaces/address-store.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { StoredSystem, StoreTransaction, SystemWrite } from '../../store/interfaces/store.ts';
import { refuseRoles } from '../access/scope.ts';
import type { Actor, Deps } from '../deps.ts';
import { mergePatch, parseInput } from '../records/input.ts';
import { cursorOf, placeAfter } from '../records/pages.ts';
import type { RecordKind } from '../records/record-kind.ts';
import { recordUseCases } from '../records/record-use-cases.ts';
import { SETTINGS_SECRETS, sealSettings, settingsSecrets } from '../records/sealed-settings.ts';
import { isHeldFor } from './address-claim.ts';
import { type AddressFacts, bmcAddressProblem, leaseKeyOf, resolveInterfaces } from './system-addresses.ts';
import { BMC_SECRETS, bmcSecrets, editableBmc, isElsewhere, mergeBmc, sealBmc } from './system-bmc.ts';

/** A system with everything that is kept of it when it is written anew. */
type KeptSystem = StoredSystem & { readonly bmc: StoredBmc | undefined };

/** Use cases of systems. `ownAddresses` are the service's own: no machine may be given one of them. */
export function systemService(deps: Deps, ownAddresses: () => readonly Ipv4[]) {
  return {
    ...recordUseCases(deps, systemKind(deps, ownAddresses)),
    /** Roles of the systems that the actor may see, each once, by name. */
    roleNames: ({ scope }: Actor): Promise<string[]> => deps.store.read.systems.roleNames(scope),
  };
}

/** What a list is sorted by, as the record has it. */
type SortField = 'name' | 'hostname' | 'profile' | 'createdAt' | 'updatedAt';

/** What a list in this order is sorted by. Times are sorted as the store keeps them. */
export function sortValue(system: System, sort: string): string | number {
  const field = sort.replace('-', '') as SortField;
  return field === 'createdAt' || field === 'updatedAt' ? Date.parse(system[field]) : system[field];
}

function systemKind(
  { now, secrets }: Deps,
  ownAddresses: () => readonly Ipv4[],
): RecordKind<System, SystemInput, KeptSystem> {
  /** Judges a record whole and makes it writable: every problem, then every conflict, is told at once. */
  const resolve = async (
    tx: StoreTransaction,
    input: SystemInput,
    old: KeptSystem | null,
  ): Promise<SystemWrite> => {
    const problems = inputProblems(input);
    const profile = await tx.profiles.find(input.profile);
    if (profile === undefined) {
      const message = `there is no profile named '${input.profile}'; list them with: provision profile list`;
      problems.push({ path: 'profile', message });
    }
    const bmc = input.bmc && sealBmc(input.bmc, old?.bmc, secrets, problems);
    const bmcIp = bmc?.ip ?? null;
    const facts: AddressFacts = {
      subnets: await tx.subnets.list(),
      ownAddresses: new Set(ownAddresses()),
      present: presentAddresses(old),
      bmcIp,
      nowMs: now(),
    };
    const interfaces = await resolveInterfaces(tx, input.interfaces, facts, problems);
    const bmcProblem = bmcIp === null ? undefined : bmcAddressProblem(bmcIp, facts);
    if (bmcProblem !== undefined) problems.push({ path: 'bmc.address', message: bmcProblem });
    const neighbour = bmc && (await tx.bmcs.findAtSamePlace(bmc, old?.system.id ?? null));
    if (neighbour) problems.push({ path: 'bmc.node', message: samePlace(neighbour) });
    if (problems.length > 0 || profile === undefined) throw invalid(problems);
    const write: SystemWrite = {
      name: input.name,
      hostname: input.hostname ?? input.name,
      profileId: profile.profile.id,
      roles: input.roles,
      interfaces,
      bmc,
      kernelArgs: input.kernelArgs,
      loader: input.loader,
      localBoot: input.localBoot,
      handoff: input.handoff,
      dhcpOptions: input.dhcpOptions,
      comment: input.comment,
      ...sealSettings(input.settings, old?.sealedSecrets ?? null, secrets),
    };
    await refuseConflicts(tx, write, old?.system.id ?? null, facts.nowMs);
    await tx.addresses.forgetLeases(addressesOf(write), facts.nowMs);
    return write;
  };

  return {
    noun: 'system',
    schema: systemInput,
    secretPaths: [...BMC_SECRETS, ...SETTINGS_SECRETS],
    whole: {},
    parse: async (body) => parseInput(systemInput, body),
    parseEdit: (body) => parseInput(systemPatch, body),
    merge({ system }, edit) {
      const patch = edit as z.output<typeof systemPatch>;
      const whole = { ...patch, bmc: mergeBmc(system.bmc, patch.bmc) };
      return mergePatch<object>(systemInput, editable(system), whole) as SystemInput;
    },
    list: (tx, { scope }) => tx.systems.list({ scope }),
    async page(tx, asked, { scope }) {
      const { cursor, fields, ...query } = parseInput(systemQuery, asked);
      const after = placeAfter({ cursor, sort: query.sort });
      const { items, isLast, total } = await tx.systems.page({ ...query, scope, after });
      const last = items.at(-1);
      const next =
        isLast || last === undefined ? null : cursorOf(query.sort, last, sortValue(last, query.sort));
      return { items, next, total, fields };
    },
    async find(tx, name) {
      const found = await tx.systems.find(name);
      return found && { ...found, bmc: await tx.bmcs.find(found.system.id) };
    },
    recordOf: ({ system }) => system,
    editable,
    settled,
    choosesAddress: ({ interfaces }) => interfaces.some(({ ip }) => ip === 'auto'),
    secrets: ({ sealedSecrets, bmc }) => ({
      ...settingsSecrets(sealedSecrets, secrets),
      ...(bmc && bmcSecrets(bmc, secrets)),
    }),

    judge: (actor, before, input) => refuseRoles(actor, before?.roles ?? [], input.roles),
    add: async (tx, input) => tx.systems.add(await resolve(tx, input, null), now()),

    async replace(tx, old, input) {
      const system = await tx.systems.update(old.system.id, await resolve(tx, input, old), now());
      if (isElsewhere(old.system.bmc, system.bmc)) await tx.powerStates.forget(system.id);
      return system;
    },

    remove: (tx, { system }) => tx.systems.remove(system.id),
    committed() {},
  };
}

/**
 * A record in the shape of an input: interfaces without the subnet's name, which follows from the address; no hostname
 * where it follows from the name, so that a renamed system does not keep its old name occupied.
 */
function editable(system: System): object {
  return {
    ...system,
    hostname: system.hostname === system.name ? null : system.hostname,
    interfaces: system.interfaces.map(({ subnet: _subnet, seenMac: _seenMac, ...item }) => item),
    bmc: editableBmc(system.bmc),
  };
}

/**
 * The input with what the record has settled: an automatic address is the one that the interface has, and the name of
 * the subnet follows from it.
 */
function settled(input: SystemInput, system: System): SystemInput {
  const present = new Map(system.interfaces.map((item) => [placeKeyOf(item), item]));
  const interfaces = input.interfaces.map((item) => {
    const old = present.get(placeKeyOf(item));
    const isThere = item.subnet === null || item.subnet === old?.subnet;
    if (old?.ip == null || !isThere || (item.ip !== 'auto' && item.ip !== old.ip)) return item;
    return { ...item, ip: old.ip, subnet: null };
  });
  const hostname = input.hostname === input.name ? null : input.hostname;
  return { ...input, hostname, interfaces };
}

function presentAddresses(old: StoredSystem | null): Map<string, Ipv4> {
  const present = new Map<string, Ipv4>();
  for (const item of old?.system.interfaces ?? [])
    if (item.ip !== null) present.set(placeKeyOf(item), canonicalIpv4(item.ip));
  return present;
}

/** What is wrong with the input by itself: no record is needed to see it. */
function inputProblems(input: SystemInput): Problem[] {
  const problems = interfaceRules(input.interfaces);
  const seen = new Map<string, string>();
  const once = (what: string, value: string, path: string): void => {
    const first = seen.get(`${what} ${value}`);
    if (first !== undefined)
      problems.push({ path, message: `${what} ${value} is given twice (also ${first})` });
    else seen.set(`${what} ${value}`, path);
  };
  for (const [index, item] of input.interfaces.entries()) {
    if (item.clientId !== null) once('client id', item.clientId, `interfaces.${index}.clientId`);
    if (item.circuitId !== null) {
      const circuit = [item.circuitId, ...(item.remoteId === null ? [] : [item.remoteId])].join(' of ');
      once('circuit', circuit, `interfaces.${index}.circuitId`);
    }
    if (item.ip !== null && item.ip !== 'auto') once('address', item.ip, `interfaces.${index}.ip`);
    for (const field of ['addresses', 'sharedAddresses'] as const)
      for (const [place, ip] of item[field].entries())
        once('address', ip, `interfaces.${index}.${field}.${place}`);
  }
  if (input.bmc?.address != null) once('address', input.bmc.address, 'bmc.address');
  if (input.hostname === null && !hostname.safeParse(input.name).success) {
    const message = `'${input.name}' cannot serve as the hostname; give one with --hostname`;
    problems.push({ path: 'hostname', message });
  }
  return problems;
}

function addressesOf(write: SystemWrite): WantedAddress[] {
  const wanted = write.interfaces.flatMap((item): WantedAddress[] => {
    const key = leaseKeyOf(write.interfaces, item);
    const first = item.ip === null ? [] : [{ ip: item.ip, key }];
    const further = (item.addresses ?? []).map((ip) => ({ ip, key }));
    const shared = (item.sharedAddresses ?? []).map((ip) => ({ ip, key: null, shared: true as const }));
    return [...first, ...further, ...shared];
  });
  const bmcIp = write.bmc?.ip ?? null;
  return bmcIp === null ? wanted : [...wanted, { ip: bmcIp, key: null }];
}

function samePlace(neighbour: string): string {
  return `must differ from that of system ${neighbour}, or their ports must: at the same address one would switch the other`;
}

async function refuseConflicts(
  tx: StoreTransaction,
  write: SystemWrite,
  exceptId: number | null,
  nowMs: number,
): Promise<void> {
  const conflicts: Conflict[] = await tx.systems.conflicts(write, exceptId);
  for (const { ip, key, shared = false } of addressesOf(write)) {
    const holder = await tx.addresses.findHolder(ip, nowMs);
    const isSharedBmc = write.bmc?.ip === ip && write.bmc.shared;
    const sharedAs = isSharedBmc ? 'bmc' : shared ? 'interface' : null;
    if (holder === undefined || isHeldFor(holder, { systemId: exceptId, key, sharedAs })) continue;
    conflicts.push(holder.conflict);
  }
  const [first] = conflicts;
  if (first === undefined) return;
  const code = first.kind === 'name' || first.kind === 'hostname' ? 'name-taken' : 'address-taken';
  const where = first.interface === null ? '' : `, interface ${first.interface}`;
  throw new DomainError(code, `${first.kind} ${first.value} is taken: ${first.holder}${where}`, {
    conflict: first,
    problems: conflicts.map((item) => ({
      path: item.kind,
      message: `${item.value} is taken: ${item.holder}`,
    })),
    ...(first.command === null ? {} : { hint: `look at it with: ${first.command}` }),
  });
}
