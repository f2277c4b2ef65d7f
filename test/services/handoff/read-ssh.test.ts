import { describe, expect, it } from 'vitest';
import { fingerprintOf, knownHostsText, readSsh } from '../../../src/services/handoff/read-ssh.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEE3CjRYBsFWTY1gBuk19nQhyWGBC97imzE8SA3zZBJD';
const PRINT = 'SHA256:Giid4++QYC1eL4narfWoNHoW46jqvEY3fJyWYDtk6bc';
const SHOWN = `debug1: Connection established.\r\ndebug1: Server host key: ssh-ed25519 ${PRINT}\r\n`;
const KNOWN = "debug1: Host '[10.99.0.1]:2222' is known and matches the ED25519 host key.\r\n";
const ASKED = 'debug1: Authentications that can continue: publickey,keyboard-interactive\r\n';
const DENIED = 'root@10.99.0.1: Permission denied (publickey).\r\n';

describe('host keys', () => {
  it('have the fingerprints that ssh-keygen -l prints', () => {
    expect(fingerprintOf(KEY)).toBe(PRINT);
  });
  it('stand in known_hosts with the port, unless it is 22', () => {
    expect(knownHostsText('10.0.0.1', 22, [KEY])).toBe(`10.0.0.1 ${KEY}\n`);
    expect(knownHostsText('10.0.0.1', 2222, [KEY, KEY])).toBe(`[10.0.0.1]:2222 ${KEY}\n`.repeat(2));
  });
});

describe('the words of ssh -v', () => {
  it.each<[string, string, 'login' | 'host-key', object]>([
    [
      'logged in',
      `${SHOWN}${KNOWN}Authenticated to 10.99.0.1 ([10.99.0.1]:2222) using "publickey".\r\n`,
      'login',
      { kind: 'open' },
    ],
    [
      'not let in',
      `${SHOWN}${KNOWN}${ASKED}${DENIED}`,
      'login',
      { kind: 'login-refused', detail: DENIED.trim() },
    ],
    [
      'the right key is all that is wanted',
      `${SHOWN}${KNOWN}${ASKED}${DENIED}`,
      'host-key',
      { kind: 'open' },
    ],
    [
      'another key',
      `${SHOWN}@@@@\r\nHost key verification failed.\r\n`,
      'login',
      {
        kind: 'wrong-key',
        detail: `it shows ${PRINT} (ssh-ed25519), the machine reported ${PRINT} (ssh-ed25519)`,
      },
    ],
    [
      'nobody listens',
      'debug1: x\r\nssh: connect to host 10.99.0.1 port 22: Connection refused\r\n',
      'login',
      { kind: 'silent', detail: 'ssh: connect to host 10.99.0.1 port 22: Connection refused' },
    ],
    // The public key alone can be repeated by anybody; the proof is only over when logging in begins.
    [
      'the right key without its proof',
      `${SHOWN}${KNOWN}ssh_dispatch_run_fatal: incorrect signature\r\n`,
      'host-key',
      { kind: 'silent' },
    ],
    [
      'broken off',
      'kex_exchange_identification: Connection closed by remote host\r\n',
      'login',
      { kind: 'silent' },
    ],
    ['nothing', '', 'login', { kind: 'silent', detail: 'no answer' }],
  ])('%s', (_name, stderr, need, answer) => {
    expect(readSsh(stderr, need, [KEY])).toMatchObject(answer);
  });
});
