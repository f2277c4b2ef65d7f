import { withoutToken } from '../../../src/boot/boot-names.ts';
import type { NewBootEvent } from '../../../src/domain/boot/boot-event.ts';
import type { Caller } from '../../../src/services/boot/boot.ts';
import { limitEvents } from '../../../src/services/events/event-budget.ts';
import type { EventService } from '../../../src/services/events/events.ts';
import type { DhcpStore } from '../../../src/store/interfaces/dhcp-store.ts';

/** A loader that a machine asked for by HTTP: its size in bytes, or why there is none. */
export type LoaderAsked = { readonly name: string; readonly caller: Caller } & (
  | { readonly bytes: number }
  | { readonly missing: string }
);

/** Longest name shown, in characters. */
const NAME_SHOWN = 120;

/** Puts the loaders that a machine fetches by HTTP on its timeline; what strangers fetch has none. */
export function loaderTimeline(
  store: DhcpStore,
  events: Pick<EventService, 'record'>,
  now: () => number,
): (asked: LoaderAsked) => void {
  const record = limitEvents(events.record, now);
  return (asked) => {
    const mac = store.findMacOf(asked.caller.address, now());
    const machine =
      mac === undefined ? undefined : (store.findMachine(mac) ?? store.findMachineSeen(mac, now())?.machine);
    if (mac === undefined || machine === undefined) return;
    const installId = machine.install?.id ?? null;
    record({ systemId: machine.systemId, mac, installId, stage: 'loader', ...told(asked) });
  };
}

function told(asked: LoaderAsked): Pick<NewBootEvent, 'outcome' | 'message' | 'data'> {
  const name = withoutToken(asked.name).slice(0, NAME_SHOWN);
  if ('bytes' in asked) {
    const { bytes } = asked;
    const data = { name, result: 'complete', bytes, total: bytes };
    return { outcome: 'ok', message: `${name}: ${bytes} bytes by HTTP`, data };
  }
  const message = `asked for '${name}' by HTTP: ${asked.missing}`;
  return { outcome: 'warning', message, data: { name, result: 'not-found' } };
}
