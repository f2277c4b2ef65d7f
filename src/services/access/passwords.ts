import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../domain/errors.ts';

/** RFC 7914. 32 MiB and about a tenth of a second a password; what is stored says what it was made with. */
const PARAMETERS = { N: 32_768, r: 8, p: 3 } as const;
const MOST_MEMORY = 64 * 1024 * 1024;
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** Passwords are judged one after the other: many at once would take the memory and the threads of those who serve machines. */
const MOST_WAITING = 32;

export interface Passwords {
  /** Text to store: `scrypt$N$r$p$salt$hash`. */
  hash(password: string): Promise<string>;
  /** Null stands for nobody's password: it is never right, and takes as long. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

/** Hashes of passwords. Both throw DomainError 'too-many' where too many wait. */
export function createPasswords(randomBytes: (length: number) => Buffer): Passwords {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= MOST_WAITING)
      throw new DomainError('too-many', 'too many passwords are being checked', {
        hint: 'try again in a few seconds',
      });
    waiting += 1;
    const done = last.then(work).finally(() => {
      waiting -= 1;
    });
    last = done.catch(() => {});
    return done;
  };
  const nobody = format(PARAMETERS, randomBytes(SALT_BYTES), Buffer.alloc(KEY_BYTES));
  return {
    hash: async (password) =>
      inTurn(async () => {
        const salt = randomBytes(SALT_BYTES);
        return format(PARAMETERS, salt, await derive(password, salt, PARAMETERS));
      }),
    verify: async (password, stored) =>
      inTurn(async () => {
        const { parameters, salt, key } = parse(stored ?? nobody);
        const isSame = timingSafeEqual(await derive(password, salt, parameters), key);
        return isSame && stored !== null;
      }),
  };
}

type Parameters = Required<Pick<ScryptOptions, 'N' | 'r' | 'p'>>;

function derive(password: string, salt: Buffer, parameters: Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same characters may have several spellings, and keyboards differ in which they send.
    const text = password.normalize('NFC');
    scrypt(text, salt, KEY_BYTES, { ...parameters, maxmem: MOST_MEMORY }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

function format({ N, r, p }: Parameters, salt: Buffer, key: Buffer): string {
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$');
}

function parse(stored: string): { parameters: Parameters; salt: Buffer; key: Buffer } {
  const [kind, N, r, p, salt = '', key = ''] = stored.split('$');
  if (kind !== 'scrypt') throw new DomainError('storage', 'a password on record is of an unknown kind');
  return {
    parameters: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}
