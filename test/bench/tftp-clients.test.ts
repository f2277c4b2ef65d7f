import { expect, test } from 'vitest';
import { encodePacket } from '../../src/tftp/packet.ts';
import { type Step, startTransfer, step } from '../../src/tftp/transfer.ts';
import { agreed, packets } from '../support/tftp-script.ts';
import { readRequest, TftpClients } from './tftp-clients.ts';

const FILE = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7 + (index >>> 8)) & 0xff));
const PORT = 40_000;

/** Fetches the file with the server's own state machine; `lost` are packets that do not arrive, by their number. */
function fetch(windowBlocks: number, lost: readonly number[] = []) {
  const clients = new TftpClients({ clients: 1, blockBytes: 1428, windowBlocks, fileBytes: FILE.length });
  const options = { blksize: '1428', ...(windowBlocks > 0 ? { windowsize: String(windowBlocks) } : {}) };
  let taken: Step = startTransfer(FILE, agreed(FILE, options), 0);
  let number = 0;
  for (let turns = 0; taken.end === undefined && turns < 1_000; turns += 1) {
    const arriving = (taken.send === undefined ? [] : packets(taken.state, taken.send)).filter(() => {
      number += 1;
      return !lost.includes(number);
    });
    const acks = arriving.filter((bytes) => clients.take(0, bytes, PORT) === 'ack');
    const event =
      acks.length > 0
        ? ({ type: 'ack', block: clients.lastBlock(0) } as const)
        : ({ type: 'timer' } as const);
    taken = step(taken.state, event, turns);
  }
  return { clients, end: taken.end };
}

test.for([
  { name: 'lock step', windowBlocks: 0, lost: [] },
  { name: 'windows', windowBlocks: 4, lost: [] },
  { name: 'windows, the first block of one lost', windowBlocks: 4, lost: [6] },
  { name: 'windows, blocks within lost', windowBlocks: 8, lost: [4, 9, 13] },
  { name: 'lock step, blocks lost', windowBlocks: 0, lost: [3, 4, 9] },
])('a client of the generator has the whole file: $name', ({ windowBlocks, lost }) => {
  const { clients, end } = fetch(windowBlocks, lost);
  expect(end).toMatchObject({ ok: true });
  expect(clients.isDone(0)).toBe(true);
  expect(clients.ended).toBe(1);
  expect(clients.file(0).equals(FILE)).toBe(true);
  expect(clients.errors).toEqual([]);
});

test('it keeps to the port that answered first, and counts a refusal as its end', () => {
  const clients = new TftpClients({ clients: 1, blockBytes: 0, windowBlocks: 0, fileBytes: 3 });
  const data = encodePacket({ type: 'data', block: 1, payload: Buffer.from('abc') });
  expect(clients.take(0, encodePacket({ type: 'data', block: 9, payload: Buffer.alloc(1) }), PORT)).toBe(
    'ack',
  );
  expect(clients.take(0, data, PORT + 1)).toBe('nothing');
  expect(clients.take(0, encodePacket({ type: 'error', code: 1, message: 'no' }), PORT)).toBe('nothing');
  expect([clients.ended, clients.errors]).toEqual([1, ['no']]);
});

test('a request asks for the size, and for what the plan says', () => {
  const plan = { clients: 1, fileBytes: 1, blockBytes: 1428, windowBlocks: 16 };
  expect(readRequest('a', plan).toString('latin1')).toBe(
    '\0\x01a\0octet\0tsize\x000\0blksize\x001428\0windowsize\x0016\0',
  );
});
