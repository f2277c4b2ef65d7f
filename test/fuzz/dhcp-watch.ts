import type { Reply } from '../../server/dhcp/reply.ts';
import type { DhcpHandle } from '../../server/dhcp/serve.ts';
import { describeClient } from '../../src/dhcp/client.ts';
import { decodePacket } from '../../src/dhcp/packet.ts';
import { MalformedPacket } from '../../src/dhcp/packet-errors.ts';
import type { Store } from '../../src/store/interfaces/store.ts';
import type { DhcpAim } from './dhcp-aim.ts';
import type { LeaseLedger } from './dhcp-ledger.ts';
import { SERVER_IP } from './dhcp-records.ts';
import { type Failure, failureOf } from './target.ts';

/** The store, with every lease that it has taken entered in the ledger. */
export function watchLeases(store: Store, ledger: LeaseLedger, fail: (failure: Failure) => void): Store {
  const commitLease: Store['dhcp']['commitLease'] = async (write) => {
    ledger.begun(write);
    const result = await store.dhcp.commitLease(write).finally(() => ledger.ended(write));
    const wrong = result === 'bound' ? ledger.committed(write) : undefined;
    if (wrong !== undefined) fail({ kind: 'lease: wrong owner', detail: wrong });
    return result;
  };
  return { ...store, dhcp: { ...store.dhcp, commitLease } };
}

/** The service, with every answer judged before it goes on to the listener: at once where it comes at once. */
export function watchAnswers(
  handle: DhcpHandle,
  ledger: LeaseLedger,
  learn: DhcpAim['learn'],
  fail: (failure: Failure) => void,
): DhcpHandle {
  const judge = (bytes: Buffer, reply: Reply | undefined): Reply | undefined => {
    if (reply === undefined) return undefined;
    const request = decodePacket(bytes);
    const client = describeClient(request, {
      interfaceName: 'lan0',
      serverAddress: SERVER_IP,
      localNetworks: [],
    });
    const answer = decodePacket(reply.bytes);
    const wrong = ledger.answered(client, request, answer);
    if (wrong !== undefined) fail({ kind: `answer: ${wrong.replace(/.*: /, '')}`, detail: wrong, bytes });
    learn({ request, reply: answer });
    return reply;
  };
  const judgeError = (bytes: Buffer, error: unknown): never => {
    if (!(error instanceof MalformedPacket)) fail(failureOf('service', error, bytes));
    throw error;
  };
  return (bytes, reception) => {
    try {
      const coming = handle(bytes, reception);
      if (!(coming instanceof Promise)) return judge(bytes, coming);
      return coming.then(
        (reply) => judge(bytes, reply),
        (error: unknown) => judgeError(bytes, error),
      );
    } catch (error) {
      return judgeError(bytes, error);
    }
  };
}
