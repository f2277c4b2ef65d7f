import { encodePacket, type TftpOption, type TftpPacket } from '../../src/tftp/packet.ts';
import { type Pick, picker } from './random.ts';
import type { Shot } from './target.ts';

/** The files that the fuzzed server has: name and size in bytes. */
export const FILES: ReadonlyMap<string, number> = new Map([
  ['ipxe.efi', 60_000],
  ['grub.cfg-01-52-54-00-aa-00-01', 700],
  ['empty', 0],
  ['one-block', 512],
  // More than the largest file that is served.
  ['too-large', 300_000],
]);
export const CLIENTS = 64;
/** Where a shot may go: the port that everybody knows, or the transfer of client N. */
export const ASKS = 0;
export const transferOf = (client: number) => 1 + client;

/** What the server said last to a client, as far as the client's next step needs it. */
export interface Heard {
  /** Block of the last DATA, 0 after an OACK. */
  readonly block: number;
}

const NAMES = [
  ...FILES.keys(),
  'pxelinux.cfg/default',
  '/ipxe.efi',
  '\\ipxe.efi\xff',
  '../secret',
  'revocations.efi',
  '',
];
const VALUES = [
  '0',
  '1',
  '8',
  '512',
  '1468',
  '8192',
  '65464',
  '65465',
  '-1',
  '1e3',
  '',
  '99999999999999999999',
];
const OPTIONS = ['tsize', 'blksize', 'windowsize', 'timeout', 'multicast', 'BLKSIZE', 'rollover'];

/** Requests with options of every kind, steps of transfers under way, and both spoilt. */
export function aimTftp(random: () => number, heard: ReadonlyMap<number, Heard>): Shot {
  const pick = picker(random);
  const from = pick.below(CLIENTS);
  const last = heard.get(from);
  const goesOn = last !== undefined && pick.chance(70);
  const packet = goesOn ? nextStep(pick, last) : anyPacket(pick);
  const bytes = encodePacket(packet);
  const isStray = pick.chance(goesOn ? 5 : 20);
  const to = goesOn ? transferOf(from) : ASKS;
  return {
    bytes: pick.chance(goesOn ? 85 : 50) ? bytes : spoil(pick, bytes),
    from,
    to: isStray ? pick.below(1 + CLIENTS) : to,
    afterMs: pick.chance(98) ? pick.below(20) : pick.below(9_000),
  };
}

function anyPacket(pick: Pick): TftpPacket {
  const options: TftpOption[] = [];
  while (pick.chance(60)) options.push({ name: pick.of(OPTIONS), value: pick.of(VALUES) });
  if (pick.chance(75)) {
    const mode = pick.of(['octet', 'octet', 'OCTET', 'netascii', 'mail']);
    return { type: 'rrq', name: pick.of(NAMES), mode, options };
  }
  return pick.of<TftpPacket>([
    { type: 'wrq', name: pick.of(NAMES), mode: 'octet', options },
    { type: 'ack', block: pick.below(200) },
    { type: 'data', block: pick.below(200), payload: Buffer.alloc(pick.below(600)) },
    { type: 'error', code: pick.below(10), message: 'User aborted' },
    { type: 'oack', options },
  ]);
}

/** Mostly the ACK that the server waits for; sometimes an older one, or the end of it. */
function nextStep(pick: Pick, { block }: Heard): TftpPacket {
  if (pick.chance(80)) return { type: 'ack', block };
  if (pick.chance(50)) return { type: 'ack', block: (block - pick.below(70)) & 0xffff };
  return { type: 'error', code: pick.of([0, 8]), message: 'User aborted' };
}

function spoil(pick: Pick, valid: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(valid);
  for (let changes = 1 + pick.below(3); changes > 0; changes -= 1) {
    const at = pick.below(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    bytes = pick.of<() => Buffer>([
      () => before,
      () => Buffer.concat([bytes, after]),
      () => Buffer.concat([before, Buffer.from([pick.below(256)]), after]),
      () => Buffer.concat([before, Buffer.from([pick.of([0, 1, 2, 255])]), after.subarray(1)]),
      () => Buffer.concat([bytes, Buffer.alloc(pick.below(1_400), pick.below(256))]),
    ])();
  }
  return bytes;
}
