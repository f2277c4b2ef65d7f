import type { Finished, Namespaces } from '../support/namespaces.ts';
import { unpackPeers } from './peer-packages.ts';

/** A network that loses packets at random as they come in. */
export interface PacketLoss {
  /** How many it has lost so far. */
  lost(): Promise<number>;
}

const TABLE = 'inet loss';

/**
 * Drops so many of a hundred packets on their way into a namespace, each by itself. On the way in and not out, because a
 * packet that is dropped on its way out is an error of whoever sends it, and none on a network.
 */
export async function losePackets(
  spaces: Namespaces,
  namespace: string,
  percent: number,
): Promise<PacketLoss> {
  const packages = await unpackPeers('nftables');
  const nft = async (...args: readonly string[]): Promise<Finished> => {
    const done = await spaces.run(namespace, [...packages.command('nft', ...args)]);
    if (done.code !== 0) throw new Error(`nft ${args.join(' ')}: ${done.stderr}`);
    return done;
  };
  const isLost = `iifname != lo numgen random mod 10000 < ${Math.round(percent * 100)}`;
  await nft(`add table ${TABLE}; add chain ${TABLE} in { type filter hook input priority 0; }`);
  await nft(`add rule ${TABLE} in ${isLost} counter drop`);
  return {
    async lost() {
      const { stdout } = await nft('list', 'table', 'inet', 'loss');
      const count = /counter packets (\d+)/.exec(stdout)?.[1];
      if (count === undefined) throw new Error(`nft counts nothing: ${stdout}`);
      return Number(count);
    },
  };
}
