import { describe, expect, test } from 'vitest';
import { DATA_HEAD_BYTES, DATA_HEADS } from '../../src/tftp/data-heads.ts';
import { type Negotiation, negotiate } from '../../src/tftp/negotiate.ts';
import { decodePacket, encodePacket } from '../../src/tftp/packet.ts';
import {
  type Outgoing,
  type Step,
  startTransfer,
  step,
  type TransferEvent,
  type TransferState,
} from '../../src/tftp/transfer.ts';

export const ack = (block: number): TransferEvent => ({ type: 'ack', block });
export const TIMER: TransferEvent = { type: 'timer' };
export const REPEAT: TransferEvent = { type: 'repeat' };
export const error = (code: number): TransferEvent => ({ type: 'error', code, message: 'User aborted' });

/** What the server does at a time, in words: `DATA 1`, `OACK tsize=5`, `timer 1000`, `done complete`, `failed no-answer`. */
export function words({ state, send, end }: Step, nowMs = 0): string[] {
  if (end !== undefined) return [end.ok ? `done ${end.result.outcome}` : `failed ${end.failure.reason}`];
  if (send === undefined) return [];
  return [...packets(state, send).map(packetWords), `timer ${state.deadlineMs - nowMs}`];
}

function packetWords(bytes: Buffer): string {
  const packet = decodePacket(bytes);
  if (packet.type === 'data') return `DATA ${packet.block}`;
  if (packet.type === 'oack') return `OACK ${packet.options.map(({ name, value }) => `${name}=${value}`)}`;
  throw new Error(`the server sent ${packet.type}`);
}

/** The packets of a step, as they go over the wire. */
export function packets({ plan }: TransferState, send: Outgoing): Buffer[] {
  if (send.type === 'oack') return [encodePacket({ type: 'oack', options: plan.negotiation.oack })];
  const { blockBytes } = plan.negotiation;
  return Array.from({ length: send.last - send.first + 1 }, (_, index) => {
    const block = send.first + index;
    const head = (block & 0xffff) * DATA_HEAD_BYTES;
    const payload = plan.bytes.subarray((block - 1) * blockBytes, block * blockBytes);
    return Buffer.concat([DATA_HEADS.subarray(head, head + DATA_HEAD_BYTES), payload]);
  });
}

/** What server and client agree on for a file, with the limits 1468 bytes and 64 blocks. */
export function agreed(file: Buffer, options: Record<string, string> = {}): Negotiation {
  const list = Object.entries(options).map(([name, value]) => ({ name, value }));
  return negotiate(list, file.length, { blockBytes: 1468, windowBlocks: 64 });
}

/** A conversation: what the server says first, and what it does at each event. */
export interface Script {
  readonly name: string;
  readonly fileBytes: number;
  readonly options?: Record<string, string>;
  readonly first: readonly string[];
  /** At each time, an event and what follows. */
  readonly turns: readonly (readonly [atMs: number, event: TransferEvent, effects: readonly string[]])[];
}

/** One test a script, in a group of this name. */
export function playScripts(group: string, scripts: readonly Script[]): void {
  describe(group, () => {
    test.for([...scripts])('$name', ({ fileBytes, options, first, turns }) => {
      const file = Buffer.alloc(fileBytes, 'x');
      let taken = startTransfer(file, agreed(file, options), 0);
      expect(words(taken)).toEqual(first);
      for (const [atMs, event, effects] of turns) {
        taken = step(taken.state, event, atMs);
        expect(words(taken, atMs)).toEqual(effects);
      }
    });
  });
}
