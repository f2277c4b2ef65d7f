import { describe, expect, it } from 'vitest';
import { formatIpv4, type Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';
import {
  addCatalogue,
  bmcWrite,
  holderOf,
  leaseWrite,
  macOf,
  NOW_MS,
  subnetWrite,
  systemWrite,
  texts,
} from '../support/store-records.ts';
import type { StoreOfTest } from './store.ts';

/** One holder of each kind, on 10.99.0.40. */
const HOLDERS: Record<
  string,
  { take: (store: Store, profileId: number) => Promise<unknown>; words: string }
> = {
  interface: {
    take: (store, profileId) => store.transaction((tx) => tx.systems.add(systemWrite(profileId, 40), NOW_MS)),
    words: 'system web040',
  },
  bmc: {
    take: (store, profileId) =>
      store.transaction((tx) =>
        tx.systems.add(systemWrite(profileId, 41, { bmc: bmcWrite('10.99.0.40') }), NOW_MS),
      ),
    words: 'BMC of system web041',
  },
  gateway: {
    take: (store) => moveGateway(store, '10.99.0.40'),
    words: 'gateway of subnet lab',
  },
  server: {
    take: (store) =>
      store.transaction((tx) => tx.addresses.replaceServerAddresses([ip('10.99.0.40')], NOW_MS)),
    words: 'this provisioning server itself',
  },
  lease: {
    take: (store) => store.dhcp.commitLease(leaseWrite(40, '10.99.0.40')),
    words: `lease of ${macOf(40)} until 2026-11-22T10:00:00.000Z`,
  },
};

async function moveGateway(store: Store, gateway: string): Promise<unknown> {
  const { id } = must(await store.read.subnets.find('lab'), 'the subnet');
  return store.transaction((tx) => tx.subnets.update(id, subnetWrite({ gateway }), NOW_MS));
}

/** The one table of addresses: whoever holds one, nobody else gets it. */
export function addressCases(store: StoreOfTest): void {
  describe.each(Object.entries(HOLDERS))('an address of the kind %s', (kind, { take, words }) => {
    it('is held, and the holder is named', async () => {
      await take(store(), await addCatalogue(store()));
      const holder = await store().read.addresses.findHolder(ip('10.99.0.40'), NOW_MS);
      expect(holder).toMatchObject({ kind, conflict: { value: '10.99.0.40', holder: words } });
      expect(holder?.conflict.command).toMatch(
        /^provision (system show web04[01]|subnet show lab|status|lease list)$/,
      );
      expect(store().dhcp.findHolder(ip('10.99.0.40'), NOW_MS)).toBeDefined();
    });

    it('is not given to an interface', async () => {
      const profileId = await addCatalogue(store());
      await take(store(), profileId);
      const write = systemWrite(profileId, 50, {
        interfaces: [{ name: 'eth0', mac: macOf(50), ip: ip('10.99.0.40') }],
      });
      await refusedAsTaken(store().transaction((tx) => tx.systems.add(write, NOW_MS)));
      expect(await holderOf(store(), '10.99.0.40')).toBe(words);
      expect(await store().read.systems.find('web050')).toBeUndefined();
    });

    it('is not given to a BMC', async () => {
      const profileId = await addCatalogue(store());
      await take(store(), profileId);
      const write = systemWrite(profileId, 50, { bmc: bmcWrite('10.99.0.40') });
      await refusedAsTaken(store().transaction((tx) => tx.systems.add(write, NOW_MS)));
      expect(await holderOf(store(), '10.99.0.40')).toBe(words);
    });

    it('is not leased to a stranger', async () => {
      await take(store(), await addCatalogue(store()));
      expect(await store().dhcp.commitLease(leaseWrite(60, '10.99.0.40'))).toBe('taken');
      expect(await holderOf(store(), '10.99.0.40')).toBe(words);
      expect(store().dhcp.findLease(macOf(60), ip('10.99.0.0'), ip('10.99.0.255'))).toBeUndefined();
    });
  });

  it('lets two interfaces swap their addresses in one edit', async () => {
    const profileId = await addCatalogue(store());
    const with2 = (first: string, second: string) =>
      systemWrite(profileId, 1, {
        interfaces: [
          { name: 'eth0', mac: macOf(1), ip: ip(first) },
          { name: 'eth1', mac: macOf(2), ip: ip(second) },
        ],
      });
    const { id } = await store().transaction((tx) => tx.systems.add(with2('10.99.0.1', '10.99.0.2'), NOW_MS));
    const swapped = await store().transaction((tx) =>
      tx.systems.update(id, with2('10.99.0.2', '10.99.0.1'), NOW_MS),
    );
    expect(swapped.interfaces.map((item) => `${item.mac} ${item.ip}`)).toEqual([
      `${macOf(1)} 10.99.0.2`,
      `${macOf(2)} 10.99.0.1`,
    ]);
    expect(store().dhcp.findMacOf(ip('10.99.0.1'), NOW_MS)).toBe(macOf(2));
  });

  it('lets two interfaces swap their MACs, and an interface and the BMC their addresses', async () => {
    const profileId = await addCatalogue(store());
    const write = (macs: readonly [number, number], eth: string, bmc: string) =>
      systemWrite(profileId, 1, {
        bmc: bmcWrite(bmc),
        interfaces: [
          { name: 'eth0', mac: macOf(macs[0]), ip: ip(eth) },
          { name: 'eth1', mac: macOf(macs[1]), ip: null },
        ],
      });
    const { id } = await store().transaction((tx) =>
      tx.systems.add(write([1, 2], '10.99.0.1', '10.99.0.2'), NOW_MS),
    );
    const swapped = await store().transaction((tx) =>
      tx.systems.update(id, write([2, 1], '10.99.0.2', '10.99.0.1'), NOW_MS),
    );
    expect(swapped).toMatchObject({
      bmc: { address: '10.99.0.1' },
      interfaces: [{ ip: '10.99.0.2' }, { ip: null }],
    });
  });

  it('frees the addresses of what is removed', async () => {
    const profileId = await addCatalogue(store());
    const { id } = await store().transaction((tx) =>
      tx.systems.add(systemWrite(profileId, 1, { bmc: bmcWrite('10.99.0.2') }), NOW_MS),
    );
    await store().transaction((tx) => tx.systems.remove(id));
    const subnet = must(await store().read.subnets.find('lab'), 'the subnet');
    await store().transaction((tx) => tx.subnets.remove(subnet.id));
    for (const address of ['10.99.0.1', '10.99.0.2', '10.99.0.254']) {
      expect(await holderOf(store(), address)).toBeUndefined();
    }
  });

  it('lists what is held between two addresses, ascending, both ends included', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction(async (tx) => {
      for (const number of [30, 10, 20]) await tx.systems.add(systemWrite(profileId, number), NOW_MS);
    });
    await store().dhcp.commitLease(leaseWrite(60, '10.99.0.15'));
    const held = await store().read.addresses.listHeld(ip('10.99.0.10'), ip('10.99.0.30'), NOW_MS);
    expect(texts(held)).toEqual(['10.99.0.10', '10.99.0.15', '10.99.0.20', '10.99.0.30']);
    const only = await store().read.addresses.listHolders(
      ip('10.99.0.0'),
      ip('10.99.0.255'),
      ['interface'],
      2,
    );
    expect(only.map((holder) => holder.conflict.holder)).toEqual(['system web010', 'system web020']);
  });

  it('goes over blocks of 256 that are full, whoever takes and gives back', async () => {
    const profileId = await addCatalogue(store());
    const all = Array.from({ length: 256 }, (_, index) => (ip('10.99.7.0') + index) as Ipv4);
    const roomFrom = async (from: string, to = '10.99.255.255') => {
      const block = await store().read.addresses.findBlockWithRoom(ip(from), ip(to));
      return block && formatIpv4(block);
    };
    const servers = (ips: readonly Ipv4[]) =>
      store().transaction((tx) => tx.addresses.replaceServerAddresses(ips, NOW_MS));
    await servers(all.slice(1));
    expect(await roomFrom('10.99.7.4')).toBe('10.99.7.0');
    // A lease may be over in a minute.
    await store().dhcp.commitLease(leaseWrite(60, '10.99.7.0'));
    expect(await roomFrom('10.99.7.4')).toBe('10.99.7.0');
    await store().transaction((tx) =>
      tx.addresses.forgetLeases([{ ip: ip('10.99.7.0'), key: macOf(60) }], NOW_MS),
    );
    const bmc = bmcWrite('10.99.7.0');
    const { id } = await store().transaction((tx) =>
      tx.systems.add(systemWrite(profileId, 1, { bmc }), NOW_MS),
    );
    expect(await roomFrom('10.99.7.4')).toBe('10.99.8.0');
    expect(await roomFrom('10.99.8.9')).toBe('10.99.8.0');
    expect(await roomFrom('10.99.6.255')).toBe('10.99.6.0');
    expect(await roomFrom('10.99.7.0', '10.99.7.255')).toBeUndefined();
    await store().transaction((tx) => tx.systems.remove(id));
    expect(await roomFrom('10.99.7.4')).toBe('10.99.7.0');
    await servers(all);
    expect(await roomFrom('10.99.7.4')).toBe('10.99.8.0');
    await servers([]);
    expect(await roomFrom('10.99.7.4')).toBe('10.99.7.0');
  });

  it('does not count a lease that is over as held', async () => {
    await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(60, '10.99.0.15', { expiresAtMs: NOW_MS + 10 }));
    await store().dhcp.commitLease(leaseWrite(61, '10.99.0.16', { state: 'released', expiresAtMs: NOW_MS }));
    const held = (nowMs: number) => store().read.addresses.listHeld(ip('10.99.0.1'), ip('10.99.0.20'), nowMs);
    expect(texts(await held(NOW_MS + 9))).toEqual(['10.99.0.15']);
    expect(texts(await held(NOW_MS + 10))).toEqual([]);
    expect(await holderOf(store(), '10.99.0.15', NOW_MS + 10)).toBeUndefined();
  });

  it('clears an old lease out of the way of a record, but not a live one of somebody else', async () => {
    const profileId = await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(60, '10.99.0.15', { expiresAtMs: NOW_MS + 10 }));
    const addAt = (nowMs: number) =>
      store().transaction(async (tx) => {
        await tx.addresses.forgetLeases([{ ip: ip('10.99.0.15'), key: macOf(15) }], nowMs);
        return tx.systems.add(systemWrite(profileId, 15), nowMs);
      });
    await refusedAsTaken(addAt(NOW_MS + 9));
    expect(await addAt(NOW_MS + 10)).toMatchObject({ name: 'web015' });
  });

  it('clears a live lease that the very same interface has', async () => {
    const profileId = await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(15, '10.99.0.15'));
    await store().transaction(async (tx) => {
      await tx.addresses.forgetLeases([{ ip: ip('10.99.0.15'), key: macOf(15) }], NOW_MS);
      await tx.systems.add(systemWrite(profileId, 15), NOW_MS);
    });
    expect(await holderOf(store(), '10.99.0.15')).toBe('system web015');
  });

  it('takes the service’s own addresses anew each time, and names those that somebody has', async () => {
    const profileId = await addCatalogue(store());
    await store().transaction((tx) => tx.systems.add(systemWrite(profileId, 1), NOW_MS));
    const replace = (...addresses: string[]) =>
      store().transaction((tx) => tx.addresses.replaceServerAddresses(addresses.map(ip), NOW_MS));
    expect(await replace('10.99.0.5', '10.99.0.5')).toEqual([]);
    const taken = await replace('10.99.0.6', '10.99.0.1', '10.99.0.254');
    expect(taken.map((holder) => holder.conflict.holder)).toEqual(['system web001']);
    expect(await holderOf(store(), '10.99.0.5')).toBeUndefined();
    expect(await holderOf(store(), '10.99.0.6')).toBe('this provisioning server itself');
  });

  it('takes an own address although an old lease is in the way', async () => {
    await addCatalogue(store());
    await store().dhcp.commitLease(leaseWrite(60, '10.99.0.15', { expiresAtMs: NOW_MS }));
    const taken = await store().transaction((tx) =>
      tx.addresses.replaceServerAddresses([ip('10.99.0.15')], NOW_MS),
    );
    expect(taken).toEqual([]);
    expect(await holderOf(store(), '10.99.0.15')).toBe('this provisioning server itself');
  });

  it('keeps a gateway’s address taken when the service leaves it', async () => {
    const replace = (ips: Ipv4[]) =>
      store().transaction((tx) => tx.addresses.replaceServerAddresses(ips, NOW_MS));
    await replace([ip('10.99.0.254')]);
    await addCatalogue(store());
    expect(await holderOf(store(), '10.99.0.254')).toBe('this provisioning server itself');
    await replace([]);
    expect(await holderOf(store(), '10.99.0.254')).toBe('gateway of subnet lab');
  });
}

async function refusedAsTaken(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: 'DomainError', code: 'address-taken' });
}
