import { type Ipv4, ipv4FromNumber } from '../../src/domain/network/ipv4.ts';
import { type Libc, MSG_DONTWAIT } from './libc.ts';
import { hasMessageRings, ReceiveRing } from './message-ring.ts';

/** Takes what waits in a socket by few system calls, once Node has told of the first datagram. */
export interface DatagramDrain {
  /** Hands over each datagram, its own bytes, in the order of arrival, until none waits, `isOpen` says no or a turn's share is taken. */
  drain(fd: number, isOpen: () => boolean, take: TakeDatagram): void;
}

export type TakeDatagram = (bytes: Buffer, address: Ipv4, port: number) => void;

const BATCH = 64;
/**
 * Then everybody else has a turn first, the disk among them: those who were served already must not wait until nobody new
 * comes. What is left wakes Node again.
 */
const CALLS_A_TURN = 4;
/** A jumbo frame. Nothing of DHCP is longer, and what is cut is no packet: it is handed over as empty. */
const MESSAGE_BYTES = 9_216;
const NOTHING = Buffer.alloc(0);

/**
 * One for all sockets of a process. A burst is in the service's own hands at once: it decides who is served first, and the
 * queue of the socket, where the newest is lost whoever it is of, is empty again. Undefined where {@link hasMessageRings}
 * says no.
 */
export function createDatagramDrain(libc: Libc): DatagramDrain | undefined {
  if (!hasMessageRings()) return undefined;
  const ring = new ReceiveRing(libc, { messages: BATCH, messageBytes: MESSAGE_BYTES });
  let callsLeft = CALLS_A_TURN;
  return {
    drain(fd, isOpen, take) {
      // Node reads some more by itself, and comes here for each of them.
      if (callsLeft === CALLS_A_TURN)
        setImmediate(() => {
          callsLeft = CALLS_A_TURN;
        });
      // A handler may close the socket, and its number may be another file's then.
      while (callsLeft > 0 && isOpen()) {
        callsLeft -= 1;
        const received = ring.receive(fd, MSG_DONTWAIT);
        const count = received.ok ? received.value : 0;
        for (let index = 0; index < count; index += 1) {
          const bytes = Buffer.from(ring.bytesAt(index) ?? NOTHING);
          take(bytes, ipv4FromNumber(ring.addressAt(index)), ring.portAt(index));
        }
        if (count < BATCH) return;
      }
    },
  };
}
