import type { BmcConsole, ConsoleOptions } from '../../src/domain/power/bmc-console.ts';
import type { BmcDriver, BmcSession, BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { BootOverride, PowerAction } from '../../src/domain/power/power.ts';

/** One BMC made of values: what it is told it does, unless the test says otherwise. */
export class FakeBmc {
  state: 'on' | 'off' = 'off';
  override: BootOverride | null = null;
  /** Orders that it has carried out, in their order. */
  readonly orders: PowerAction[] = [];
  /** Sessions so far, and those open now. */
  sessions = 0;
  open = 0;
  /** The most that were open at once. */
  most = 0;
  /** Of the last session. */
  target: BmcTarget | undefined;
  /** Thrown by the next sessions, one each, before anything is done; `undefined` lets one pass. */
  readonly failures: (BmcError | undefined)[] = [];
  /** Called before each thing that is asked; may throw, or wait. */
  before: (what: string) => void | Promise<void> = () => {};
  /** Called after an order was carried out; may throw: the BMC did it and its answer was lost. */
  after: (order: PowerAction) => void | Promise<void> = () => {};
  /** Its serial console while one is open, and how often one was. */
  console: FakeConsole | undefined;
  consoles = 0;
  /** Whether it switches at once. */
  isLazy = false;
}

/** A serial console that keeps what is typed. */
export class FakeConsole implements BmcConsole {
  typed = '';
  breaks = 0;
  readonly options: ConsoleOptions;
  readonly ended: Promise<string | null>;
  end: (reason: string | null) => void = () => {};

  constructor(options: ConsoleOptions) {
    this.options = options;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  write(bytes: Buffer): void {
    this.typed += bytes.toString('latin1');
  }

  sendBreak(): void {
    this.breaks += 1;
  }

  async close(): Promise<void> {
    this.end(null);
  }
}

const INFO = { vendor: 'Fake', model: 'F1', serial: 'S1', firmwareVersion: '1.0', lan: null };

/** BMCs by address and port, and the driver that reaches them. */
export class FakeBmcs {
  readonly #bmcs = new Map<string, FakeBmc>();

  at(address: string, port: number | null = null): FakeBmc {
    const place = `${address}:${port}`;
    const bmc = this.#bmcs.get(place) ?? new FakeBmc();
    this.#bmcs.set(place, bmc);
    return bmc;
  }

  readonly driver: BmcDriver = {
    name: 'ipmi',
    withSession: async (target, work, { signal }) => {
      const bmc = this.at(target.address, target.port);
      bmc.target = target;
      bmc.sessions += 1;
      bmc.open += 1;
      bmc.most = Math.max(bmc.most, bmc.open);
      try {
        signal.throwIfAborted();
        await bmc.before('session');
        const failure = bmc.failures.shift();
        if (failure !== undefined) throw failure;
        return await work(sessionOf(bmc));
      } finally {
        bmc.open -= 1;
      }
    },
    openConsole: async (target, options) => {
      const bmc = this.at(target.address, target.port);
      const failure = bmc.failures.shift();
      if (failure !== undefined) throw failure;
      bmc.consoles += 1;
      bmc.console = new FakeConsole(options);
      return bmc.console;
    },
    check: async ({ address }) => {
      const what = `${address} accepts cipher suite 0`;
      return [{ name: 'cipher suite 0', state: 'problem', what, next: 'switch it off in the BMC' }];
    },
  };
}

function sessionOf(bmc: FakeBmc): BmcSession {
  return {
    async powerState() {
      await bmc.before('state');
      return bmc.state;
    },
    async power(action) {
      await bmc.before(action);
      bmc.orders.push(action);
      if (!bmc.isLazy) bmc.state = action === 'off' || action === 'soft' ? 'off' : 'on';
      await bmc.after(action);
    },
    async setBootDevice(override) {
      await bmc.before('set boot device');
      bmc.override = override;
      return override;
    },
    bootDevice: async () => bmc.override,
    async identify() {
      await bmc.before('identify');
    },
    info: async () => INFO,
    sensors: async () => [{ name: 'Temp', value: 21, unit: '°C', state: 'ok' }],
    log: async (limit) => [{ id: '1', at: null, message: `the newest of ${limit}` }],
  };
}

/** A failure as a driver tells it. */
export function failure(kind: BmcError['failure'], detail = 'as the test says'): BmcError {
  return new BmcError(kind, detail);
}
