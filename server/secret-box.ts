import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '../src/domain/errors.ts';
import type { SecretBox } from '../src/services/deps.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Secrets at rest: AES-256-GCM with a key file beside the database, mode 0600, made at the first start. A stolen
 * copy of the database alone opens nothing. The context is authenticated, so that a sealed value cannot be moved to
 * another column. Throws DomainError 'storage' when the key cannot be used: a service that cannot read its secrets
 * must not run with made-up ones.
 */
export function openSecretBox(path: string): SecretBox {
  const key = readOrMakeKey(path);
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64');
      try {
        const nonce = bytes.subarray(0, NONCE_BYTES);
        // The length of the tag is said, or a shorter one would do.
        const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
        const body = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch {
        throw new DomainError('storage', `a secret in the database was not sealed with the key in ${path}`, {
          hint: 'restore the key file that belongs to this database, or set the secrets anew',
        });
      }
    },
  };
}

const NAMED_AT_MOST = 5;

/**
 * Throws DomainError 'storage' when the key file is gone and the database holds what it alone can open: a new key made
 * without a word would only show when a machine gets no password. `listSealed` is asked only then.
 */
export async function refuseLostKey(
  path: string,
  listSealed: () => Promise<readonly string[]>,
): Promise<void> {
  if (existsSync(path)) return;
  const sealed = await listSealed();
  if (sealed.length === 0) return;
  const more = sealed.length > NAMED_AT_MOST ? ` and ${sealed.length - NAMED_AT_MOST} more` : '';
  const named = `${sealed.slice(0, NAMED_AT_MOST).join(', ')}${more}`;
  throw new DomainError('storage', `${path} is missing, and the database holds secrets of ${named}`, {
    hint: `restore the key file from the backup; if it is lost for good, make a new one (umask 077; head -c 32 /dev/urandom | base64 > ${path}), start, cancel open installs and set the secrets anew`,
  });
}

function readOrMakeKey(path: string): Buffer {
  if (!existsSync(path)) makeKey(path);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new DomainError('storage', `${path} may be read by others (mode ${mode.toString(8)})`, {
      hint: `chmod 600 ${path}; and if others had access, set the secrets anew with a new key`,
    });
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== 32) {
    throw new DomainError('storage', `${path} does not hold a 32-byte key`, {
      hint: 'restore the key file that belongs to this database',
    });
  }
  return key;
}

/**
 * The key is whole and on the disk before anything is sealed with it: a database whose secrets outlived their key in
 * a power cut could never be read again.
 */
function makeKey(path: string): void {
  const unfinished = `${path}.new`;
  const file = openSync(unfinished, 'w', 0o600);
  fchmodSync(file, 0o600);
  writeSync(file, `${randomBytes(32).toString('base64')}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, path);
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
