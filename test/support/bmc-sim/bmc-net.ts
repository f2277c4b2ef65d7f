import type { BindUdp, DatagramHandler, Endpoint } from '../../../server/net/datagram.ts';
import { plainPeers } from '../../../server/net/peer-socket.ts';
import { FakeTimers } from '../fake-timers.ts';
import { seededRandom } from '../seeded-random.ts';
import { type BmcSetup, SimulatedBmc } from './simulated-bmc.ts';

/** How far the clock goes on when nobody has anything to do. */
const TURN_MS = 10;
/** What takes longer hangs. */
const LONGEST_MS = 3_600_000;

/** Simulated BMCs and who asks them on a network without sockets: one clock, which stands still until somebody waits. */
export class BmcNet {
  readonly timers = new FakeTimers();
  readonly #random: () => number;
  readonly #bmcs = new Map<string, SimulatedBmc>();
  readonly #onTheWay: (() => void)[] = [];
  /** Datagrams to BMCs, whether there is one or not. */
  asked = 0;
  /** Sees each answer, and may hand on others instead. */
  tamper: (answer: Buffer) => readonly Buffer[] = (answer) => [answer];

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  readonly random = (bytes: number): Buffer =>
    Buffer.from(Array.from({ length: bytes }, () => Math.floor(this.#random() * 256)));

  readonly bind: BindUdp = async (options) => {
    const local: Endpoint = { address: '10.0.0.1', port: 40_000 };
    let handler: DatagramHandler = () => {};
    let isOpen = true;
    const later = (fire: () => void) => this.#onTheWay.push(() => isOpen && fire());
    return {
      local,
      recvBufferBytes: options.recvBufferBytes ?? 0,
      onMessage: (given) => {
        handler = given;
      },
      send: (bytes, to) => {
        this.asked += 1;
        const copy = Buffer.from(bytes);
        const answered = (answer: Buffer) => {
          for (const datagram of this.tamper(answer)) later(() => handler(datagram, to));
        };
        const bmc = this.#bmcs.get(`${to.address}:${to.port}`);
        later(() => bmc?.receive(copy, `${local.address}:${local.port}`, answered));
      },
      close: async () => {
        isOpen = false;
      },
    };
  };

  readonly bindPeers = plainPeers(this.bind);

  /** Puts a BMC on an address. */
  add(
    setup: Omit<BmcSetup, 'world'> = {},
    { address, port } = { address: '10.0.0.9', port: 623 },
  ): SimulatedBmc {
    const world = { now: this.timers.now, startTimer: this.timers.start, random: this.random };
    const bmc = new SimulatedBmc({ ...setup, world });
    this.#bmcs.set(`${address}:${port}`, bmc);
    return bmc;
  }

  /** Lets time pass until the work is over. Throws where it never is. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    const untilMs = this.timers.nowMs + LONGEST_MS;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work.finally(() => this.#deliver());
      if (this.timers.nowMs > untilMs) throw new Error('it hangs: an hour has passed');
      if (!this.#deliver()) this.timers.advance(TURN_MS);
    }
  }

  /** What is on the way arrives, which takes no time. */
  #deliver(): boolean {
    const arrived = this.#onTheWay.splice(0);
    for (const arrive of arrived) arrive();
    return arrived.length > 0;
  }
}
