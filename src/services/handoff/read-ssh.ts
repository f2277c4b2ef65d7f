import { createHash } from 'node:crypto';
import { printable } from '../../domain/printable.ts';
import type { SshAnswer, SshNeed } from './driver.ts';

/** `SHA256:…` of a public key line, as ssh-keygen -l prints it (RFC 4648 base64 without padding). */
export function fingerprintOf(keyLine: string): string {
  const blob = Buffer.from(keyLine.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** Host and port as known_hosts has them. */
export function knownHostsText(address: string, port: number, hostKeys: readonly string[]): string {
  const name = port === 22 ? address : `[${address}]:${port}`;
  return hostKeys.map((key) => `${name} ${key}\n`).join('');
}

/**
 * What `ssh -v` has seen. Its exit status is 255 whatever was wrong, so its words are read: those of `-v` have been the
 * same since OpenSSH 6.8, and are never translated.
 */
export function readSsh(
  stderr: string,
  need: Exclude<SshNeed, 'nothing'>,
  hostKeys: readonly string[],
): SshAnswer {
  const lines = stderr.split(/\r?\n/);
  if (lines.some((line) => line.startsWith('Authenticated to '))) return { kind: 'open' };
  const isKnown = lines.some((line) => /^debug1: Host '.*' is known and matches /.test(line));
  const shown = lines.flatMap((line) => /^debug1: Server host key: (\S+) (SHA256:\S+)/.exec(line) ?? []);
  const last = lastWords(lines);
  // The line about a key comes before the proof that the server has its private half; what follows comes after it.
  if (isKnown && lines.some((line) => line.startsWith('debug1: Authentications that can continue: ')))
    return need === 'host-key' ? { kind: 'open' } : { kind: 'login-refused', detail: last };
  if (!isKnown && shown[2] !== undefined) {
    const reported = hostKeys.map((key) => `${fingerprintOf(key)} (${key.split(' ')[0]})`).join(', ');
    return {
      kind: 'wrong-key',
      detail: `it shows ${shown[2]} (${shown[1]}), the machine reported ${reported}`,
    };
  }
  return { kind: 'silent', detail: last };
}

/** What ssh says to people, at the end. */
function lastWords(lines: readonly string[]): string {
  const words = lines.filter((line) => line.trim() !== '' && !line.startsWith('debug1: '));
  return printable((words.at(-1) ?? 'no answer').slice(0, 300));
}
