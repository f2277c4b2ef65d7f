/**
 * Every way that leads back to where it began, found by one walk over the graph: each as the list of its files,
 * the first one again at the end. Empty means that there is no cycle.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const since = way.indexOf(file);
    if (since !== -1) cycles.push([...way.slice(since), file]);
    if (since !== -1 || done.has(file)) return;
    way.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    way.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return cycles;
}
