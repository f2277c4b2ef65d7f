import { createIpmiDriver, type IpmiDriver, type IpmiDriverDeps } from '../../server/bmc/ipmi-driver.ts';
import type { BindUdp } from '../../server/net/datagram.ts';
import { plainPeers } from '../../server/net/peer-socket.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcSession, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcNet } from './bmc-sim/bmc-net.ts';
import type { BmcOptions } from './bmc-sim/options.ts';
import type { SimulatedBmc } from './bmc-sim/simulated-bmc.ts';
import { bmcTarget } from './bmc-target.ts';

/** The driver and one simulated BMC on a network that loses what it is told to, and keeps what was sent. */
export class IpmiWorld {
  readonly net = new BmcNet();
  readonly bmc: SimulatedBmc;
  readonly driver: IpmiDriver;
  /** Datagrams of the driver: false loses one. */
  passes: (bytes: Buffer) => boolean = () => true;
  /** All of them, lost ones too. */
  readonly sent: Buffer[] = [];
  /** Set to refuse sockets with this system error code. */
  bindRefusal: string | undefined;
  socketsOpen = 0;

  constructor(options: Partial<BmcOptions> = {}, deps: Partial<IpmiDriverDeps> = {}) {
    const { random, timers } = this.net;
    this.bmc = this.net.add({ options });
    const bindPeers = plainPeers(this.#bind);
    this.driver = createIpmiDriver({ bindPeers, random, now: timers.now, startTimer: timers.start, ...deps });
  }

  /** How the BMC is reached. */
  target(changes: Partial<BmcTarget> = {}): BmcTarget {
    return bmcTarget({ address: '10.0.0.9', user: 'admin', password: new Secret('secret'), ...changes });
  }

  /** A session with the BMC, to its end. */
  inSession<T>(
    work: (session: BmcSession) => Promise<T>,
    changes: Partial<BmcTarget> = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<T> {
    const target = this.target(changes);
    return this.net.run(this.driver.withSession(target, work, { signal }));
  }

  readonly #bind: BindUdp = async (options) => {
    if (this.bindRefusal !== undefined) throw new Error(`bind ${this.bindRefusal}`);
    const socket = await this.net.bind(options);
    this.socketsOpen += 1;
    return {
      ...socket,
      send: (bytes, to) => {
        this.sent.push(bytes);
        if (this.passes(bytes)) socket.send(bytes, to);
      },
      close: () => {
        this.socketsOpen -= 1;
        return socket.close();
      },
    };
  };
}
