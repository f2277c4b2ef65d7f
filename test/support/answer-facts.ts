import type { AnswerFacts } from '../../src/answer-file/context.ts';
import { Secret } from '../../src/domain/access/secret.ts';

/** A crypt hash as settings hold it; of no password that anybody uses. */
export const PASSWORD_HASH = '$6$rounds=5000$saltsalt$abcDEF./0123456789';
export const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMjSDcOQ0tkuSwTpeNP7Y3B/xkbwqD6U+4aYV/msKrhx admin@office';

/** A machine with everything that a record needs and nothing more. */
export function minimalFacts(change: Partial<AnswerFacts> = {}): AnswerFacts {
  return {
    system: { name: 'web001', hostname: 'web001' },
    interfaces: [{ name: 'eth0', mac: '52:54:00:12:34:56' }],
    distro: { name: 'a-distro', family: 'debian', version: '13', arch: 'x86_64' },
    profile: { name: 'a-profile' },
    settings: {},
    urls: {
      base: 'http://10.0.0.1:8080',
      answer: 'http://10.0.0.1:8080/i/TOKEN/answer',
      events: 'http://10.0.0.1:8080/i/TOKEN/event',
      logs: 'http://10.0.0.1:8080/i/TOKEN/log',
    },
    server: { address: '10.0.0.1' },
    syslogPort: 514,
    ...change,
  };
}

/** A machine with all that there is: two interfaces, password, several keys, variables. */
export function fullFacts(change: Partial<AnswerFacts> = {}): AnswerFacts {
  return minimalFacts({
    system: { name: 'db-7', hostname: 'db-7', domain: 'example.org', firmware: 'uefi', roles: ['db'] },
    interfaces: [
      {
        name: 'eth0',
        mac: '52:54:00:12:34:57',
        ip: '10.0.0.17',
        prefix: 24,
        gateway: '10.0.0.254',
        dns: ['10.0.0.53', '10.0.1.53'],
      },
      { name: 'eth1', mac: '52:54:00:12:34:58', ip: '10.9.0.17', prefix: 16, gateway: '10.9.0.1' },
      { name: 'eth2', mac: '52:54:00:12:34:59' },
    ],
    settings: {
      disk: '/dev/disk/by-id/wwn-0x5000c500a1b2c3d4',
      minDiskGb: 100,
      timezone: 'Europe/Berlin',
      locale: 'de_DE.UTF-8',
      keymap: 'de',
      packages: ['tmux', 'vim'],
      rootPartition: 3,
      rootPasswordHash: new Secret(PASSWORD_HASH),
      sshKeys: [
        SSH_KEY,
        'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 it\'s $HOME `id` "quoted" \\ %end',
        'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= jürgen',
      ],
    },
    ...change,
  });
}
