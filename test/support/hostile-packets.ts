import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../fixtures/dhcp', import.meta.url));

/** Where things lie in a DHCP packet, RFC 2131 §2. */
const AT = { hops: 3, flags: 10, ciaddr: 12, giaddr: 24, chaddr: 28, options: 240 } as const;

/** Every packet of test/fixtures/dhcp, from the folder given. */
export function readDhcpFixtures(folder = FIXTURES): readonly Buffer[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.hex'))
    .sort()
    .map((name) => Buffer.from(readFileSync(join(folder, name), 'latin1').replaceAll('\n', ''), 'hex'));
}

/**
 * A real packet, spoilt in one to four ways: cut, changed, lengthened, with fields of its own or of another packet,
 * or no packet at all. Some come out valid: they must be answered, and do no harm either.
 */
export function spoilPacket(fixtures: readonly Buffer[], random: () => number): Buffer {
  const pick = (below: number) => Math.floor(random() * below);
  const anyOf = () => Buffer.from(fixtures[pick(fixtures.length)] ?? []);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => pick(256)));
  let bytes: Buffer = anyOf();
  for (let ways = 1 + pick(4); ways > 0; ways -= 1) {
    const at = pick(bytes.length + 1);
    const inOptions = Math.min(bytes.length, AT.options + pick(Math.max(1, bytes.length - AT.options)));
    switch (pick(12)) {
      case 0:
        bytes = bytes.subarray(0, at);
        break;
      case 1:
        bytes = overwrite(bytes, at, noise(1 + pick(4)));
        break;
      case 2:
        bytes = overwrite(bytes, inOptions, noise(1 + pick(2)));
        break;
      case 3:
        bytes = overwrite(bytes, inOptions, Buffer.from([[0, 1, 255][pick(3)] ?? 0]));
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), noise(1 + pick(40)), bytes.subarray(at)]);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(inOptions)]);
        break;
      case 6: {
        const other = anyOf();
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(other.length, at))]);
        break;
      }
      case 7:
        bytes = overwrite(bytes, AT.giaddr, noise(4));
        break;
      case 8:
        bytes = overwrite(bytes, AT.ciaddr, noise(4));
        break;
      case 9:
        bytes = overwrite(bytes, AT.chaddr, noise(6));
        break;
      case 10:
        // An option as long as options get, in front of the others.
        bytes = Buffer.concat([
          bytes.subarray(0, AT.options),
          Buffer.from([pick(256), 255]),
          noise(255),
          bytes.subarray(AT.options),
        ]);
        break;
      default:
        bytes = noise(pick(1_400));
    }
  }
  return bytes.subarray(0, 1_472);
}

function overwrite(bytes: Buffer, at: number, patch: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  patch.copy(copy, Math.min(at, copy.length));
  return copy;
}
