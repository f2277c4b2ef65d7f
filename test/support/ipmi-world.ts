import { createIpmiDriver, type IpmiDriver, type IpmiDriverDeps } from '../../server/bmc/ipmi-driver.ts';
import { plainPeers } from '../../server/net/peer-socket.ts';
import type { BmcSession, BmcTarget } from '../../src/domain/bmc-driver.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { BmcOptions } from './bmc-sim/options.ts';
import { SimulatedBmc } from './bmc-sim/simulated-bmc.ts';
import { bmcTarget } from './bmc-target.ts';
import { FakeDatagrams } from './fake-datagram.ts';
import { FakeTimers } from './fake-timers.ts';
import { seededRandom } from './seeded-random.ts';

const BMC = { address: '192.0.2.1', port: 623 };
/** Longer than anything that is tried. */
const LIMIT_MS = 600_000;

/** The driver and one simulated BMC, without a network and with a clock that only moves while nothing else happens. */
export class IpmiWorld {
  readonly timers = new FakeTimers();
  readonly datagrams = new FakeDatagrams();
  readonly bmc: SimulatedBmc;
  readonly driver: IpmiDriver;
  /** Datagrams of the driver: false loses one. */
  passes: (bytes: Buffer) => boolean = () => true;
  /** All of them, lost ones too. */
  readonly sent: Buffer[] = [];

  constructor(options: Partial<BmcOptions> = {}, deps: Partial<IpmiDriverDeps> = {}) {
    const number = seededRandom(623);
    const random = (count: number) => Buffer.from(Array.from({ length: count }, () => number() * 256));
    const { now, start: startTimer } = this.timers;
    this.bmc = new SimulatedBmc({ options, world: { now, startTimer, random } });
    const bindPeers = plainPeers(this.datagrams.bind);
    this.driver = createIpmiDriver({ bindPeers, now, random, startTimer, ...deps });
  }

  /** A session with the BMC, to its end. */
  inSession<T>(
    work: (session: BmcSession) => Promise<T>,
    changes: Partial<BmcTarget> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<T> {
    const target = bmcTarget({ ...BMC, user: 'admin', password: new Secret('secret'), ...changes });
    return this.run(this.driver.withSession(target, work, { signal }));
  }

  /** Carries datagrams to and fro, and lets time pass while there are none, until the promise is settled. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const note = () => {
      settled = true;
    };
    promise.then(note, note);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      if (this.timers.nowMs > LIMIT_MS) throw new Error('nothing happens any more');
      if (!this.#carry()) this.timers.advance(10);
    }
  }

  /** Hands the driver a datagram, as of the BMC unless another address is given. */
  deliver(bytes: Buffer, from = BMC): void {
    const [local = '0.0.0.0:0'] = this.datagrams.ports;
    const [address = '', port = ''] = local.split(':');
    this.datagrams.deliver(bytes, from, { address, port: Number(port) });
  }

  #carry(): boolean {
    const sent = this.datagrams.takeSent();
    for (const { bytes, from } of sent) {
      this.sent.push(bytes);
      if (!this.passes(bytes)) continue;
      this.bmc.receive(bytes, `${from.address}:${from.port}`, (answer) => this.deliver(answer));
    }
    return sent.length > 0;
  }
}
