import { describe, expect, it } from 'vitest';
import { parseHostKeys } from '../../../src/domain/handoff/host-key.ts';

/** A key as OpenSSH writes it: the length and name of its type, then bytes. */
function key(type: string, tail = 'x'.repeat(32)): string {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type.length);
  return `${type} ${Buffer.concat([head, Buffer.from(type + tail)]).toString('base64')}`;
}
const ED25519 = key('ssh-ed25519');
const ECDSA = key('ecdsa-sha2-nistp256');
const RSA = key('ssh-rsa', 'x'.repeat(512));
const other = (type: string, of: string) => `${type} ${of.split(' ')[1]}`;

describe('parseHostKeys', () => {
  it.each([
    {
      name: 'lines with comments',
      text: `${ED25519} root@web001\n${RSA} root@web001\n`,
      keys: [ED25519, RSA],
    },
    {
      name: 'line ends that became spaces',
      text: `${ECDSA} root@web001 ${ED25519} root@web001`,
      keys: [ECDSA, ED25519],
    },
    { name: 'a key twice', text: `${ED25519}\n${ED25519}`, keys: [ED25519] },
    {
      name: 'a security key',
      text: key('sk-ssh-ed25519@openssh.com'),
      keys: [key('sk-ssh-ed25519@openssh.com')],
    },
    { name: 'nothing', text: '', keys: [] },
    { name: 'a key of another type', text: other('ssh-rsa', ED25519), keys: [] },
    { name: 'a type that is none', text: other('@cert-authority', ED25519), keys: [] },
    { name: 'what is no base64', text: 'ssh-ed25519 <script>alert(1)</script>', keys: [] },
    { name: 'a key that is cut', text: ED25519.slice(0, 20), keys: [] },
    { name: 'a type with nothing behind it', text: key('ssh-ed25519', ''), keys: [] },
    { name: 'words around it', text: `note: ${ED25519} * evil`, keys: [ED25519] },
  ])('$name', ({ text, keys }) => {
    expect(parseHostKeys(text)).toEqual(keys);
  });

  it('takes eight at most, and none that is endless', () => {
    const many = Array.from({ length: 20 }, (_, index) => key('ssh-ed25519', `${index}`.padStart(32)));
    expect(parseHostKeys(many.join('\n'))).toEqual(many.slice(0, 8));
    expect(parseHostKeys(key('ssh-rsa', 'x'.repeat(4000)))).toEqual([]);
  });
});
