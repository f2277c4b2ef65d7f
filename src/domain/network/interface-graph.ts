/** An interface as a part of others. */
export interface GraphNode {
  readonly name: string;
  readonly type?: 'ethernet' | 'bond' | 'vlan' | 'bridge';
  readonly parents?: readonly string[];
}

/** Where a card stands below the bond or the bridge that is made of it. */
export interface Membership {
  /** Name of the topmost one. */
  readonly upper: string;
  /** 0: the card that netboots, and is given the upper one's address. */
  readonly rank: number;
}

const isJoining = ({ type }: GraphNode): boolean => type === 'bond' || type === 'bridge';

/** The interface that an untagged frame on this one belongs to in the end: the topmost bond or bridge, or itself. */
export function topOf<Node extends GraphNode>(interfaces: readonly Node[], node: Node): Node {
  let top = node;
  // A record has no cycles; the count only keeps one that was never judged from going round for ever.
  for (let left = interfaces.length; left > 0; left -= 1) {
    const above = interfaces.find((one) => isJoining(one) && one.parents?.includes(top.name));
    if (above === undefined) break;
    top = above;
  }
  return top;
}

/** Every card that is a member of a bond or a port of a bridge, by its name, in the order of the parents. Tagged frames are not its. */
export function membershipsOf(interfaces: readonly GraphNode[]): ReadonlyMap<string, Membership> {
  const byName = new Map(interfaces.map((node) => [node.name, node]));
  const found = new Map<string, Membership>();
  const cardsBelow = (node: GraphNode, left: number): string[] => {
    if (left < 0) return [];
    if (!isJoining(node)) return node.type === 'vlan' ? [] : [node.name];
    return (node.parents ?? []).flatMap((name) => {
      const below = byName.get(name);
      return below === undefined ? [] : cardsBelow(below, left - 1);
    });
  };
  for (const node of interfaces) {
    if (!isJoining(node) || topOf(interfaces, node) !== node) continue;
    for (const [rank, name] of cardsBelow(node, interfaces.length).entries())
      if (!found.has(name)) found.set(name, { upper: node.name, rank });
  }
  return found;
}

/** The card that the machine netboots from: the first interface, or the first one that this is made of. */
export function bootCardOf<Node extends GraphNode>(interfaces: readonly Node[]): Node | undefined {
  let card = interfaces[0];
  for (let left = interfaces.length; left > 0 && card !== undefined; left -= 1) {
    const [first] = card.parents ?? [];
    const below = interfaces.find(({ name }) => name === first);
    if (below === undefined) break;
    card = below;
  }
  return card;
}

/** The interface whose address the machine boots with: what its card is a member of in the end, or the card itself. */
export function bootInterfaceOf<Node extends GraphNode>(interfaces: readonly Node[]): Node | undefined {
  const card = bootCardOf(interfaces);
  return card && topOf(interfaces, card);
}

/** Every interface behind those that it is made of; else in the order given. */
export function parentsFirst<Node extends GraphNode>(interfaces: readonly Node[]): Node[] {
  const byName = new Map(interfaces.map((node) => [node.name, node]));
  const done = new Set<Node>();
  const visit = (node: Node, below: ReadonlySet<Node>): void => {
    if (done.has(node) || below.has(node)) return;
    for (const name of node.parents ?? []) {
      const parent = byName.get(name);
      if (parent !== undefined) visit(parent, new Set([...below, node]));
    }
    done.add(node);
  };
  for (const node of interfaces) visit(node, new Set());
  return [...done];
}
