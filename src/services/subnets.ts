import { DomainError, invalid, notFound, type Problem } from '../domain/errors.ts';
import { canonicalIpv4 } from '../domain/fields.ts';
import { broadcastOf, type Ipv4, type Ipv4Network, networksOverlap, parseNetwork } from '../domain/ipv4.ts';
import {
  dynamicRangesOf,
  type Subnet,
  type SubnetInput,
  subnetInput,
  subnetPatch,
  subnetProblems,
} from '../domain/subnet.ts';
import { type SubnetDetails, withEffective } from '../domain/subnet-effective.ts';
import type { StoreTransaction } from '../store/store.ts';
import type { Actor, Deps } from './deps.ts';
import { mergePatch, nameTaken, parseInput, refuseStale } from './input.ts';

/** Use cases of subnets, each shown with what its fields come to. `onChange` runs after each change: the listeners follow the records. */
export function subnetService({ store, now }: Deps, onChange: () => void) {
  const changed = <T>(value: T): T => {
    onChange();
    return value;
  };
  return {
    list: async (): Promise<SubnetDetails[]> => (await store.read.subnets.list()).map(withEffective),

    async get(name: string): Promise<SubnetDetails> {
      const subnet = await store.read.subnets.find(name);
      if (subnet === undefined) throw notFound('subnet', name);
      return withEffective(subnet);
    },

    async add(body: unknown, actor: Actor): Promise<SubnetDetails> {
      const input = parseInput(subnetInput, body);
      return changed(
        await store.transaction(async (tx) => {
          if ((await tx.subnets.find(input.name)) !== undefined) throw nameTaken('subnet', input.name);
          await check(tx, input, null, now());
          const subnet = await tx.subnets.add(input, now());
          const entry = {
            actor: actor.name,
            action: 'add' as const,
            noun: 'subnet',
            name: input.name,
            detail: input,
          };
          await tx.audit.add(entry, now());
          return withEffective(subnet);
        }),
      );
    },

    async update(name: string, body: unknown, actor: Actor, revision?: number): Promise<SubnetDetails> {
      const patch = parseInput(subnetPatch, body);
      return changed(
        await store.transaction(async (tx) => {
          const old = await tx.subnets.find(name);
          if (old === undefined) throw notFound('subnet', name);
          refuseStale('subnet', old, revision);
          const input = mergePatch(subnetInput, old, patch);
          if (input.name !== name && (await tx.subnets.find(input.name)) !== undefined) {
            throw nameTaken('subnet', input.name);
          }
          await check(tx, input, old, now());
          await tx.audit.add(
            { actor: actor.name, action: 'update', noun: 'subnet', name, detail: patch },
            now(),
          );
          return withEffective(await tx.subnets.update(old.id, input, now()));
        }),
      );
    },

    async remove(name: string, actor: Actor, revision?: number): Promise<void> {
      await store.transaction(async (tx) => {
        const old = await tx.subnets.find(name);
        if (old === undefined) throw notFound('subnet', name);
        refuseStale('subnet', old, revision);
        await refuseIfInhabited(tx, old, null);
        await tx.subnets.remove(old.id);
        await tx.audit.add({ actor: actor.name, action: 'remove', noun: 'subnet', name, detail: {} }, now());
      });
      changed(undefined);
    },
  };
}

/** What is wrong by itself, then what other records say: overlaps, ranges over recorded addresses, a taken gateway. */
async function check(
  tx: StoreTransaction,
  input: SubnetInput,
  old: Subnet | null,
  nowMs: number,
): Promise<void> {
  const problems: Problem[] = subnetProblems(input);
  if (problems.length > 0) throw invalid(problems);
  const network = networkOf(input);
  for (const other of await tx.subnets.list()) {
    if (other.id === old?.id || !networksOverlap(network, networkOf(other))) continue;
    problems.push({
      path: 'network',
      message: `${input.network} overlaps subnet '${other.name}' (${other.network})`,
    });
  }
  problems.push(...(await edgeProblems(tx, input, network)));
  for (const { from, to } of dynamicRangesOf(input)) {
    for (const holder of await tx.addresses.listHolders(from, to, ['interface', 'bmc', 'server'], 5)) {
      const { value, holder: owner } = holder.conflict;
      const message = `the range holds ${value} of ${owner}; leave it out of the range, or exclude it`;
      problems.push({ path: `ranges.${indexOfRange(input, holder.ip)}`, message });
    }
  }
  if (problems.length > 0) throw invalid(problems);
  if (old !== null && old.network !== input.network) await refuseIfInhabited(tx, old, network);
  await checkGateway(tx, input, old, nowMs);
}

function indexOfRange(input: SubnetInput, ip: Ipv4): number {
  return input.ranges.findIndex(({ from, to }) => canonicalIpv4(from) <= ip && ip <= canonicalIpv4(to));
}

/** Records that would stand on the network's or the broadcast address, which are no machine's. */
async function edgeProblems(tx: StoreTransaction, input: SubnetInput, net: Ipv4Network): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [what, ip] of [
    ['network', net.network],
    ['broadcast', broadcastOf(net)],
  ] as const) {
    const [holder] = await tx.addresses.listHolders(ip, ip, ['interface', 'bmc'], 1);
    if (holder === undefined) continue;
    const { value, holder: owner } = holder.conflict;
    const message = `${value} of ${owner} would be the ${what} address of ${input.network}`;
    problems.push({ path: 'network', message });
  }
  return problems;
}

async function checkGateway(
  tx: StoreTransaction,
  input: SubnetInput,
  old: Subnet | null,
  nowMs: number,
): Promise<void> {
  if (input.gateway === null) return;
  const ip = canonicalIpv4(input.gateway);
  await tx.addresses.forgetLeases([{ ip, key: null }], nowMs);
  const holder = await tx.addresses.findHolder(ip, nowMs);
  if (holder === undefined || holder.kind === 'server') return;
  if (holder.kind === 'gateway' && holder.subnetId === old?.id) return;
  throw new DomainError('address-taken', `gateway ${input.gateway} is taken: ${holder.conflict.holder}`, {
    conflict: holder.conflict,
    hint: `look at it with: ${holder.conflict.command}`,
  });
}

/** Systems whose address would be left without a subnet keep the subnet where it is. */
async function refuseIfInhabited(
  tx: StoreTransaction,
  old: Subnet,
  moved: Ipv4Network | null,
): Promise<void> {
  const net = networkOf(old);
  const holders = await tx.addresses.listHolders(net.network, broadcastOf(net), ['interface'], 100_000);
  const left = holders.filter(
    (holder) => moved === null || !networksOverlap(moved, { network: holder.ip, prefix: 32 }),
  );
  if (left.length === 0) return;
  const shown = left.slice(0, 5).map((holder) => `${holder.conflict.value} (${holder.conflict.holder})`);
  const more = left.length > shown.length ? ` and ${left.length - shown.length} more` : '';
  throw new DomainError('in-use', `subnet '${old.name}' still holds ${shown.join(', ')}${more}`, {
    hint: 'give those systems other addresses first',
  });
}

function networkOf(subnet: Pick<SubnetInput, 'network'>): Ipv4Network {
  const network = parseNetwork(subnet.network);
  if (network === undefined) throw new TypeError(`not a network: ${subnet.network}`);
  return network;
}
