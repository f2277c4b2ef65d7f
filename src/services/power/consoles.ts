import { setMaxListeners } from 'node:events';
import { DomainError } from '../../domain/errors.ts';
import type { BmcConsole, ConsoleOptions } from '../../domain/power/bmc-console.ts';
import { BmcError } from '../../domain/power/bmc-error.ts';
import type { StoredBmc } from '../../store/interfaces/power-store.ts';
import type { Actor } from '../deps.ts';
import type { BmcAccess } from './bmc-access.ts';
import { getBmc, told } from './bmc-operations.ts';
import type { PowerDeps } from './power-deps.ts';
import { type ConsoleLog, type ConsoleViewer, SharedConsole } from './shared-console.ts';

export type ConsoleMode = 'write' | 'watch' | 'steal';

/** A seat at a console. */
export interface ConsoleAttachment {
  /** Who types names it. */
  readonly seat: string;
  readonly mayType: boolean;
  /** Who types instead. */
  readonly writer: string | null;
  leave(): void;
}

/** The serial consoles of machines: open while somebody looks at them. Throws DomainError. */
export interface ConsoleService {
  /** `steal` takes the keyboard, and the console from other programs at the BMC. */
  attach(name: string, mode: ConsoleMode, viewer: ConsoleViewer, actor: Actor): Promise<ConsoleAttachment>;
  type(name: string, seat: string, bytes: Buffer, actor: Actor): Promise<void>;
  sendBreak(name: string, seat: string, actor: Actor): Promise<void>;
  stop(): Promise<void>;
}

/** Opens the file that keeps what the console of a system wrote. */
export type OpenConsoleLog = (system: string) => ConsoleLog;

const SEAT_BYTES = 9;

export function createConsoles(power: PowerDeps, access: BmcAccess, openLog: OpenConsoleLog): ConsoleService {
  const { deps, clock } = power;
  const open = new Map<string, Promise<SharedConsole>>();
  const stopped = new AbortController();
  // Each console that is being opened listens: as many as there are machines.
  setMaxListeners(0, stopped.signal);

  const openShared = async (name: string, stored: StoredBmc, mode: ConsoleMode): Promise<SharedConsole> => {
    const shared = new SharedConsole(openLog(name));
    const options = {
      onOutput: (bytes: Buffer) => shared.output(bytes),
      takeOver: mode === 'steal',
      signal: stopped.signal,
    };
    try {
      const console = await told(stored, () => openAtBmc(access, stored, options));
      shared.opened(console);
      void console.ended.then((reason) => {
        if (open.delete(name)) return shared.end(reason);
        return undefined;
      });
      return shared;
    } catch (error) {
      open.delete(name);
      await shared.end(null);
      throw error;
    }
  };
  const find = async (name: string): Promise<SharedConsole> => {
    const shared = await open.get(name);
    if (shared !== undefined) return shared;
    throw new DomainError('not-found', `nobody looks at the console of ${name}`, { hint: 'open it anew' });
  };

  return {
    async attach(name, mode, viewer, actor) {
      const stored = await getBmc(deps.store, name);
      await deps.store.transaction((tx) =>
        tx.audit.add(
          { by: actor, action: 'bmc', noun: 'system', name, detail: { console: mode } },
          clock.now(),
        ),
      );
      const opening = open.get(name) ?? openShared(name, stored, mode);
      open.set(name, opening);
      const shared = await opening;
      const seat = deps.randomBytes(SEAT_BYTES).toString('base64url');
      const mayType = shared.join({ id: seat, person: actor.name, viewer }, mode);
      return {
        seat,
        mayType,
        writer: shared.writer ?? null,
        leave() {
          shared.leave(seat);
          if (!shared.isEmpty || open.get(name) !== opening) return;
          open.delete(name);
          void shared.end(null);
        },
      };
    },
    async type(name, seat, bytes, actor) {
      (await find(name)).type(seat, actor.name, bytes);
    },
    async sendBreak(name, seat, actor) {
      (await find(name)).sendBreak(seat, actor.name);
    },
    async stop() {
      const all = [...open.values()];
      open.clear();
      stopped.abort(new DomainError('wrong-state', 'the service stops'));
      const opened = await Promise.allSettled(all);
      for (const one of opened) if (one.status === 'fulfilled') await one.value.end('the service stops');
    },
  };
}

/** In the BMC's turn, like everything else; once it is open it holds nobody up. */
function openAtBmc(access: BmcAccess, stored: StoredBmc, options: ConsoleOptions): Promise<BmcConsole> {
  return access.direct(stored, options.signal, async (driver, target, signal) => {
    if (driver.openConsole === undefined)
      throw new BmcError('unsupported', `the driver '${driver.name}' knows no serial console`);
    return driver.openConsole(target, { ...options, signal });
  });
}
