import { DomainError, invalid, type Problem } from '../../domain/errors.ts';
import {
  broadcastOf,
  type Ipv4,
  type Ipv4Network,
  networksOverlap,
  parseNetwork,
} from '../../domain/network/ipv4.ts';
import {
  dynamicRangesOf,
  type Subnet,
  type SubnetInput,
  subnetInput,
  subnetPatch,
  subnetProblems,
} from '../../domain/network/subnet.ts';
import { type SubnetDetails, withEffective } from '../../domain/network/subnet-effective.ts';
import { canonicalIpv4 } from '../../domain/records/fields.ts';
import { recordQuery } from '../../domain/records/record-query.ts';
import type { StoreTransaction } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { mergePatch, nameTaken, parseInput } from '../records/input.ts';
import { pageOf } from '../records/pages.ts';
import type { RecordKind } from '../records/record-kind.ts';
import { recordUseCases } from '../records/record-use-cases.ts';

/** Use cases of subnets, each shown with what its fields come to. `onChange` runs after each change: the listeners follow the records. */
export function subnetService(deps: Deps, onChange: () => void) {
  return recordUseCases(deps, subnetKind(deps, onChange));
}

function subnetKind({ now }: Deps, onChange: () => void): RecordKind<SubnetDetails, SubnetInput, Subnet> {
  return {
    noun: 'subnet',
    schema: subnetInput,
    secretPaths: [],
    whole: {},
    parse: async (body) => parseInput(subnetInput, body),
    parseEdit: (body) => parseInput(subnetPatch, body),
    merge: (old, edit) => mergePatch(subnetInput, old, edit),
    list: async (tx) => (await tx.subnets.list()).map(withEffective),
    async page(tx, query) {
      const asked = parseInput(recordQuery, query);
      return { ...pageOf((await tx.subnets.list()).map(withEffective), asked), fields: asked.fields };
    },
    find: (tx, name) => tx.subnets.find(name),
    recordOf: withEffective,
    editable: (subnet) => subnet,
    // Ranges are kept in the order of their addresses.
    settled: (input) => ({ ...input, ranges: input.ranges.toSorted(byFirstAddress) }),
    choosesAddress: () => false,
    secrets: () => ({}),

    async add(tx, input) {
      if ((await tx.subnets.find(input.name)) !== undefined) throw nameTaken('subnet', input.name);
      await check(tx, input, null, now());
      return withEffective(await tx.subnets.add(input, now()));
    },

    async replace(tx, old, input) {
      if (input.name !== old.name && (await tx.subnets.find(input.name)) !== undefined)
        throw nameTaken('subnet', input.name);
      await check(tx, input, old, now());
      return withEffective(await tx.subnets.update(old.id, input, now()));
    },

    async remove(tx, old) {
      await refuseIfInhabited(tx, old, null);
      await tx.subnets.remove(old.id);
    },
    committed: onChange,
  };
}

function byFirstAddress(a: { readonly from: string }, b: { readonly from: string }): number {
  return canonicalIpv4(a.from) - canonicalIpv4(b.from);
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
