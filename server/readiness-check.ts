import type { AnswerFiles } from '../src/services/boot/answer-files.ts';
import type { ReadinessCheck } from '../src/services/installs/installs.ts';
import { everyReason } from '../src/services/records/every-reason.ts';
import type { Store } from '../src/store/interfaces/store.ts';
import { addressTowards, type OwnMachine } from './own-machine.ts';

/** Everything that a machine would be given, by the address at which it reaches this one. */
export function createReadinessCheck(
  store: Store,
  edges: {
    readonly answers: Pick<AnswerFiles, 'checkReady'>;
    readonly ownAddresses: OwnMachine['ownAddresses'];
    readonly httpPort: number;
    /** Is an address of the machine in somebody else's use? */
    readonly checkReserved: ReadinessCheck;
  },
): ReadinessCheck {
  const { answers, ownAddresses, httpPort, checkReserved } = edges;
  return async (system, input) => {
    const address = await addressTowards(system, ownAddresses(), store);
    const ready = answers.checkReady(system, { address, httpPort });
    await everyReason(system.system.name, [ready, checkReserved(system, input)]);
  };
}
