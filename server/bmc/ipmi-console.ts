import type { BmcConsole, ConsoleOptions } from '../../src/domain/power/bmc-console.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { COMPLETED } from '../../src/ipmi/completion-codes.ts';
import { PAYLOAD } from '../../src/ipmi/plus-packet.ts';
import {
  ACTIVATE_SOL,
  DEACTIVATE_SOL,
  decodeActivatedSol,
  decodeSol,
  decodeSolInstance,
  GET_SOL_INSTANCE,
  SOL_ALREADY_ACTIVE,
  SOL_DISABLED,
  SOL_LIMIT,
} from '../../src/ipmi/sol.ts';
import {
  breakTyped,
  newSolFlow,
  type SolFlow,
  type SolStep,
  solDeadlineMs,
  solHeard,
  solTimer,
  typed,
} from '../../src/ipmi/sol-flow.ts';
import type { Deadlines, Waiting } from '../deadlines.ts';
import { type IpmiCommands, readAnswer, refusal } from './ipmi-commands.ts';
import { CLOSE_WAITS_MS } from './ipmi-waits.ts';

/** BMCs end a session after a minute without a word, and some after half of it. */
const KEEP_ALIVE_MS = 20_000;

const TAKEN = 'the BMC has ended it: somebody else has taken it, or switched it off';

export interface IpmiConsoleDeps {
  readonly commands: IpmiCommands;
  readonly deadlines: Deadlines;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Sequence number of the last packet of the SOL before, 0–15. */
  readonly lastSequence: number;
  /** The session is no longer needed; with the number of the last packet. */
  readonly leave: (lastSequence: number) => Promise<void>;
}

/** Begins Serial over LAN in an open session. Throws BmcError; the session is the caller's then. */
export async function openSol(deps: IpmiConsoleDeps, options: ConsoleOptions): Promise<BmcConsole> {
  const { commands } = deps;
  let answer = await commands.ask(ACTIVATE_SOL);
  if (answer.completionCode === SOL_ALREADY_ACTIVE && options.takeOver) {
    await commands.run(DEACTIVATE_SOL);
    answer = await commands.ask(ACTIVATE_SOL);
  }
  if (answer.completionCode !== COMPLETED) throw notActivated(answer.completionCode);
  const { charactersMax } = readAnswer(answer.data, decodeActivatedSol);
  const holder = await findHolder(commands);
  return new IpmiConsole(deps, options, { flow: newSolFlow(charactersMax, deps.lastSequence), holder });
}

/** The session that has SOL, 0 for none; undefined where the BMC does not say. */
async function findHolder(commands: IpmiCommands): Promise<number | undefined> {
  const { completionCode, data } = await commands.ask(GET_SOL_INSTANCE);
  return completionCode === COMPLETED ? readAnswer(data, decodeSolInstance).sessionId : undefined;
}

function notActivated(code: number): BmcError {
  if (code === SOL_ALREADY_ACTIVE)
    return new BmcError('refused', 'the serial console is in use by another program at the BMC');
  if (code === SOL_DISABLED)
    return new BmcError('unsupported', 'Serial over LAN is switched off in the BMC, or for this user');
  if (code === SOL_LIMIT) return new BmcError('out-of-sessions', 'no more Serial over LAN at this BMC');
  return refusal(ACTIVATE_SOL, code);
}

class IpmiConsole implements BmcConsole, Waiting {
  readonly ended: Promise<string | null>;
  readonly #deps: IpmiConsoleDeps;
  readonly #options: ConsoleOptions;
  readonly #holder: number | undefined;
  #flow: SolFlow;
  #keepAliveAtMs: number;
  #asking = false;
  #over = false;
  #settle: (reason: string | null) => void = () => {};

  constructor(
    deps: IpmiConsoleDeps,
    options: ConsoleOptions,
    begin: { flow: SolFlow; holder: number | undefined },
  ) {
    this.#deps = deps;
    this.#options = options;
    this.#flow = begin.flow;
    this.#holder = begin.holder;
    this.#keepAliveAtMs = deps.now() + KEEP_ALIVE_MS;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    deps.commands.listen((type, payload) => {
      if (type === PAYLOAD.sol && !this.#over)
        this.#apply(solHeard(this.#flow, decodeSol(payload), deps.now()));
    });
    deps.deadlines.add(this);
  }

  write(bytes: Buffer): void {
    if (!this.#over) this.#apply(typed(this.#flow, bytes, this.#deps.now()));
  }

  sendBreak(): void {
    if (!this.#over) this.#apply(breakTyped(this.#flow, this.#deps.now()));
  }

  async close(): Promise<void> {
    await this.#end(null);
  }

  deadlineMs(): number {
    return Math.min(solDeadlineMs(this.#flow), this.#asking ? Number.POSITIVE_INFINITY : this.#keepAliveAtMs);
  }

  onDeadline(): void {
    const nowMs = this.#deps.now();
    this.#apply(solTimer(this.#flow, nowMs));
    if (!this.#over && nowMs >= this.#keepAliveAtMs) this.#keepAlive();
  }

  /** Asks whose it is, since not every BMC tells who loses it; an answer shows that the BMC is there. */
  #keepAlive(): void {
    this.#asking = true;
    findHolder(this.#deps.commands).then(
      (holder) => {
        this.#asking = false;
        this.#keepAliveAtMs = this.#deps.now() + KEEP_ALIVE_MS;
        if (holder !== this.#holder) this.#end(TAKEN);
      },
      () => this.#end('the BMC does not answer any more'),
    );
  }

  #apply({ flow, send, output, ended }: SolStep): void {
    this.#flow = flow;
    for (const payload of send) this.#deps.commands.send(PAYLOAD.sol, payload);
    if (output.length > 0) this.#options.onOutput(output);
    if (ended === 'deactivated') this.#end(TAKEN);
    if (ended === 'silent') this.#end('the BMC takes nothing any more');
  }

  async #end(reason: string | null): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#deps.deadlines.remove(this);
    if (reason === null) await this.#deactivate().catch(() => {});
    await this.#deps.leave(this.#flow.lastSequence).catch(() => {});
    this.#settle(reason);
  }

  /** Not where it is another's by now: that one would lose it. */
  async #deactivate(): Promise<void> {
    const { commands } = this.#deps;
    if ((await findHolder(commands)) === this.#holder) await commands.run(DEACTIVATE_SOL, CLOSE_WAITS_MS);
  }
}
