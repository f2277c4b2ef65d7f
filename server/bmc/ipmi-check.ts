import type { Check } from '../../src/domain/check.ts';
import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { RandomBytes } from '../../src/ipmi/session.ts';
import { encodeSuiteZeroProbe, takeSuiteZeroAnswer } from '../../src/ipmi/suite-zero.ts';
import { type Conversation, NoAnswer } from './ipmi-line.ts';
import { TRY_WAITS_MS } from './ipmi-waits.ts';

/** Does the BMC let in anybody? Throws BmcError where it does not answer. */
export async function checkSuiteZero(
  conversation: Conversation,
  { address, privilege }: BmcTarget,
  random: RandomBytes,
): Promise<Check[]> {
  const probe = { consoleId: (random(4).readUInt32LE() | 1) >>> 0, privilege };
  const bytes = encodeSuiteZeroProbe(probe);
  try {
    const answer = await conversation.exchange({
      send: () => [bytes],
      take: (datagram) => {
        const taken = takeSuiteZeroAnswer(probe, datagram);
        return taken && { done: taken };
      },
      waitsMs: TRY_WAITS_MS,
    });
    if (!answer.accepted) return [];
    conversation.say(answer.goodbye);
  } catch (error) {
    if (error instanceof NoAnswer) throw new BmcError('unreachable', 'no answer to Open Session');
    throw error;
  }
  return [
    {
      name: 'cipher suite 0',
      state: 'problem',
      what: `${address} accepts cipher suite 0: whoever knows a user's name gets in with any password`,
      next: 'switch cipher suite 0 off in the BMC (its LAN configuration, "cipher suite privilege levels")',
    },
  ];
}
