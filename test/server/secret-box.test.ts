import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecretBox, refuseLostKey } from '../../server/secret-box.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-box-'));
  path = join(folder, 'secret.key');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = { name: 'DomainError', code: 'storage' };
/** The error of a piece of work that has to fail. */
function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

describe('the key file', () => {
  it('is made once, for its owner only, whatever the umask', () => {
    const old = process.umask(0);
    openSecretBox(path);
    process.umask(old);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const key = readFileSync(path, 'utf8');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    openSecretBox(path);
    expect(readFileSync(path, 'utf8')).toBe(key);
  });

  it('is made although an earlier start died while making it', () => {
    writeFileSync(`${path}.new`, 'half a k');
    const box = openSecretBox(path);
    expect(box.open(box.seal('a', 'b'), 'b')).toBe('a');
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it.each([0o640, 0o604, 0o660, 0o620, 0o666, 0o601])('is refused with mode %o, with the way out', (mode) => {
    openSecretBox(path);
    chmodSync(path, mode);
    const error = errorOf(() => openSecretBox(path));
    expect(error).toMatchObject({ ...refused, hint: expect.stringContaining(`chmod 600 ${path}`) });
  });

  it.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'is refused with the content "%s"',
    (content) => {
      writeFileSync(path, content, { mode: 0o600 });
      const error = errorOf(() => openSecretBox(path));
      expect(error).toMatchObject({ ...refused, message: expect.stringContaining('32-byte') });
    },
  );
});

describe('a sealed value', () => {
  it.each(['', 'a', '$6$salt$hash', 'ü'.repeat(10_000)])('opens again', (plain) => {
    const box = openSecretBox(path);
    const sealed = box.seal(plain, 'settings');
    expect(box.open(sealed, 'settings')).toBe(plain);
    expect(openSecretBox(path).open(sealed, 'settings')).toBe(plain);
    if (plain.length > 1) expect(Buffer.from(sealed, 'base64').includes(plain)).toBe(false);
  });

  it('is another one every time', () => {
    const box = openSecretBox(path);
    const sealed = new Set(Array.from({ length: 100 }, () => box.seal('same', 'settings')));
    expect(sealed.size).toBe(100);
  });

  it('does not open with another key, and says which file is meant, not what was sealed', () => {
    const sealed = openSecretBox(path).seal('the secret', 'settings');
    rmSync(path);
    const error = errorOf(() => openSecretBox(path).open(sealed, 'settings'));
    expect(error).toMatchObject({ ...refused, message: expect.stringContaining(path) });
    expect(String((error as Error).stack)).not.toContain(sealed);
  });

  it('does not open in another place', () => {
    const box = openSecretBox(path);
    expect(errorOf(() => box.open(box.seal('x', 'install-token'), 'settings'))).toMatchObject(refused);
  });

  it('does not open with any bit changed', () => {
    const box = openSecretBox(path);
    const sealed = Buffer.from(box.seal('secret', 'settings'), 'base64');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(errorOf(() => box.open(changed.toString('base64'), 'settings'))).toMatchObject(refused);
    }
  });

  it('does not open cut, at any length', () => {
    const box = openSecretBox(path);
    const sealed = Buffer.from(box.seal('secret', 'settings'), 'base64');
    for (let length = 0; length < sealed.length; length++) {
      const cut = sealed.subarray(0, length).toString('base64');
      expect(errorOf(() => box.open(cut, 'settings'))).toMatchObject(refused);
    }
  });

  it('opens with a restored key', () => {
    const sealed = openSecretBox(path).seal('x', 'settings');
    copyFileSync(path, `${path}.backup`);
    rmSync(path);
    copyFileSync(`${path}.backup`, path);
    expect(openSecretBox(path).open(sealed, 'settings')).toBe('x');
  });
});

describe('a key file that is gone', () => {
  const lost = (sealed: readonly string[]) =>
    refuseLostKey(path, async () => sealed).then(
      () => undefined,
      (error: unknown) => error,
    );

  it('is refused where the database holds secrets, which are named, with both ways out', async () => {
    expect(await lost(['profile debian-13', 'system web001'])).toMatchObject({
      ...refused,
      message: `${path} is missing, and the database holds secrets of profile debian-13, system web001`,
      hint: expect.stringMatching(/restore the key file from the backup.*base64 > .*secret\.key/),
    });
    expect(existsSync(path)).toBe(false);
  });

  it('names five and counts the others', async () => {
    const sealed = Array.from({ length: 12 }, (_, n) => `system web${n}`);
    expect(await lost(sealed)).toMatchObject({ message: expect.stringMatching(/web4 and 7 more$/) });
  });

  it('is nothing to mind in a new data folder, and not asked about while it is there', async () => {
    expect(await lost([])).toBeUndefined();
    openSecretBox(path);
    expect(await lost(['profile debian-13'])).toBeUndefined();
  });
});
