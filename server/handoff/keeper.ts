import { endLeftovers } from './leftovers.ts';

/**
 * The process that outlives a run, and the service if need be: when its stdin ends, because the run is over or because the service
 * is gone in whatever way, it ends every process with the mark of the run (its argument), and then itself.
 */
process.stdin.resume();
process.stdin.once('end', () => {
  endLeftovers(process.argv[2] ?? 'no mark').then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
