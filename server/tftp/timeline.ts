import { withoutToken } from '../../src/boot/boot-names.ts';
import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';
import { parseIpv4 } from '../../src/domain/network/ipv4.ts';
import { limitEvents } from '../../src/services/events/event-budget.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { DhcpStore } from '../../src/store/interfaces/dhcp-store.ts';
import type { TftpEvent } from './events.ts';

/** Puts what a machine fetched by TFTP on its timeline; what strangers fetch has none. */
export function tftpTimeline(
  store: DhcpStore,
  events: EventService,
  now: () => number,
): (event: TftpEvent) => void {
  const record = limitEvents(events.record, now);
  const macOf = macOfAddress(store, now);
  return (event) => {
    const told = describe(event);
    if (told === undefined) return;
    const mac = macOf(event.client.address);
    const machine =
      mac === undefined ? undefined : (store.findMachine(mac) ?? store.findMachineSeen(mac, now())?.machine);
    if (mac === undefined || machine === undefined) return;
    record({
      systemId: machine.systemId,
      mac,
      installId: machine.install?.id ?? null,
      stage: 'tftp',
      outcome: told.ok ? 'ok' : 'warning',
      message: told.message,
      data: told.data,
    });
  };
}

/** The machine that has an address, by record or lease. */
export function macOfAddress(store: DhcpStore, now: () => number): (address: string) => string | undefined {
  return (address) => {
    const ip = parseIpv4(address);
    return ip === undefined ? undefined : store.findMacOf(ip, now());
  };
}

/** Longest name shown, in characters; a datagram can carry one of 64 KiB. */
const NAME_SHOWN = 120;

/** A name as a machine asked for it, one character a byte: what is not printable ASCII is shown as `\xff`. */
export function showName(name: string): string {
  const shown = withoutToken(name)
    .slice(0, NAME_SHOWN)
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return name.length > NAME_SHOWN ? `${shown}… (${name.length} characters)` : shown;
}

interface Told {
  readonly ok: boolean;
  readonly message: string;
  readonly data: NewBootEvent['data'];
}

function describe(event: TftpEvent): Told | undefined {
  const name = showName(event.name);
  switch (event.type) {
    case 'complete': {
      const { bytes, ms } = event;
      const how = `${event.blockBytes}-byte blocks, window ${event.windowBlocks}, ${event.resentBlocks} sent again`;
      return {
        ok: true,
        message: `${name}: ${bytes} bytes in ${Math.round(ms)} ms (${how})`,
        data: { name, result: 'complete', bytes, total: bytes, ms: Math.round(ms) },
      };
    }
    case 'aborted': {
      const { ackedBytes: bytes, totalBytes: total, reason } = event;
      return {
        ok: false,
        message: `${name}: ended after ${bytes} of ${total} bytes: ${event.detail}`,
        data: { name, result: 'aborted', bytes, total, reason },
      };
    }
    case 'not-found':
      if (event.isOptional) return undefined;
      return {
        ok: false,
        message: `asked for '${name}': ${event.detail}`,
        data: { name, result: 'not-found' },
      };
    case 'refused': {
      const { reason } = event;
      return {
        ok: false,
        message: `asked for '${name}': refused (${reason})`,
        data: { name, result: 'refused', reason },
      };
    }
    default:
      return undefined;
  }
}
