import type { CliDeps } from '../deps.ts';
import { LocalError, UsageError } from '../errors.ts';
import type { FlagSpec, Flags } from '../flags/flags.ts';

/** Of the commands that log in. */
export const FINGERPRINT_FLAG: FlagSpec = {
  flag: '--fingerprint <sha256>',
  help: 'SHA-256 of the certificate: from now on exactly that one is accepted there',
};

/** 64 hex digits, or undefined where none was given. */
export function fingerprintOf(flags: Flags): string | undefined {
  const text = flags.text('fingerprint');
  return text === undefined ? undefined : sha256Of(text);
}

/** What is to be pinned: what was named, or what is not trusted and was agreed to. */
export async function certificateToPin(
  url: string,
  named: string | undefined,
  deps: CliDeps,
): Promise<string | undefined> {
  if (!url.startsWith('https:')) {
    if (named === undefined) return undefined;
    throw new UsageError('--fingerprint is of a certificate, and http:// has none', 'write https://');
  }
  const { sha256, isTrusted } = await deps.readCertificate(url);
  if (named !== undefined) {
    if (named === sha256) return named;
    throw new LocalError(
      `${url} shows the certificate sha256:${sha256}, not the one that was named`,
      'ask who runs the server for its fingerprint; if that is another one, somebody is in between',
    );
  }
  if (isTrusted) return undefined;
  const shown = `${url} shows a certificate that nobody vouches for: sha256:${sha256}`;
  if (!deps.stdinIsTty)
    throw new LocalError(shown, 'compare it with what the server says, then add: --fingerprint sha256:…');
  const answer = await deps.prompt(`${shown}\nIs this what the server says of itself? [y/N] `, {
    secret: false,
  });
  if (/^y(es)?$/i.test(answer.trim())) return sha256;
  throw new LocalError('not logged in');
}

/** 64 hex digits of `sha256:AB:CD…`. */
function sha256Of(text: string): string {
  const digits = text
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw new UsageError(`'${text}' is not a SHA-256 fingerprint`, 'write it like sha256: and 64 hex digits');
}
