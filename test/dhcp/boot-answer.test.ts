import { describe, expect, test } from 'vitest';
import { chooseBootAnswer } from '../../src/dhcp/boot-answer.ts';
import type { BootTarget } from '../../src/dhcp/facts.ts';
import { ip, options } from '../support/dhcp-packets.ts';
import { clientOf, LOADER, NO_BOOT } from '../support/dhcp-world.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const DISCOVER = { 53: '01' };
const ROM = { ...DISCOVER, 60: hex('PXEClient:Arch:00007:UNDI:003016') };
const CLIENTS = {
  rom: clientOf({ options: options(ROM) }),
  ipxe: clientOf({ options: options({ ...ROM, 77: hex('iPXE') }) }),
  http: clientOf({ options: options({ ...DISCOVER, 60: hex('HTTPClient:Arch:00016:UNDI:003001') }) }),
  os: clientOf({ options: options({ ...DISCOVER, 60: hex('d-i') }) }),
  bootp: clientOf({}),
} as const;

const target = (bootfile: string, httpBoot = false): BootTarget => ({
  kind: 'boot',
  action: 'install',
  reason: 'armed',
  nextServer: ip('10.99.0.1'),
  bootfile,
  httpBoot,
});
const URL_TARGET = target('http://10.99.0.1/b', true);

const TFTP_SERVER = hex('10.99.0.1');

describe('a client that boots', () => {
  test.each([
    {
      name: 'PXE ROM: 43 without menu, 60, 66, and 67 with NUL',
      client: 'rom',
      target: LOADER,
      file: 'x64/snponly.efi',
      sent: { 43: '060108ff', 60: hex('PXEClient'), 66: TFTP_SERVER, 67: hex('x64/snponly.efi\0') },
    },
    {
      name: 'iPXE: neither 60 nor 43, no-pxedhcp',
      client: 'ipxe',
      target: target('http://10.99.0.1/script'),
      file: 'http://10.99.0.1/script',
      sent: { 66: TFTP_SERVER, 67: hex('http://10.99.0.1/script'), 175: 'b00101' },
    },
    {
      name: 'iPXE takes a TFTP name as well',
      client: 'ipxe',
      target: target('script.ipxe'),
      file: 'script.ipxe',
      sent: { 66: TFTP_SERVER, 67: hex('script.ipxe'), 175: 'b00101' },
    },
    {
      name: 'HTTP boot: 60 and the URL, no NUL',
      client: 'http',
      target: URL_TARGET,
      file: 'http://10.99.0.1/b',
      sent: { 60: hex('HTTPClient'), 67: hex('http://10.99.0.1/b') },
    },
    { name: 'BOOTP: header only', client: 'bootp', target: LOADER, file: 'x64/snponly.efi', sent: {} },
  ] as const)('$name', ({ client, target: wanted, file, sent }) => {
    expect(chooseBootAnswer(CLIENTS[client], wanted)).toEqual({
      kind: 'boot',
      siaddr: ip('10.99.0.1'),
      file,
      options: options(sent),
    });
  });

  test.each(['ipxe', 'http'] as const)('%s: a URL over 127 bytes stands in option 67 alone', (client) => {
    const url = `http://10.99.0.1/${'x'.repeat(111)}`;
    expect(chooseBootAnswer(CLIENTS[client], target(url.slice(0, 127), true))).toMatchObject({
      file: url.slice(0, 127),
    });
    const long = chooseBootAnswer(CLIENTS[client], target(url, true));
    expect(long).toMatchObject({ kind: 'boot', file: '' });
    if (long.kind === 'boot') expect(long.options.get(67)?.toString()).toBe(url);
  });
});

describe('a client that does not', () => {
  test.each([
    { name: 'ROM, target none', client: 'rom', target: NO_BOOT, code: 'target-none' },
    { name: 'iPXE, target none', client: 'ipxe', target: NO_BOOT, code: 'target-none' },
    { name: 'HTTP boot, target none', client: 'http', target: NO_BOOT, code: 'target-none' },
    { name: 'operating system', client: 'os', target: LOADER, code: 'not-a-boot-client' },
    { name: 'HTTP boot and a TFTP name', client: 'http', target: LOADER, code: 'transport-mismatch' },
    {
      name: 'HTTP boot and no URL',
      client: 'http',
      target: target('a.efi', true),
      code: 'transport-mismatch',
    },
    { name: 'ROM and a URL', client: 'rom', target: URL_TARGET, code: 'transport-mismatch' },
    { name: 'BOOTP and a URL', client: 'bootp', target: URL_TARGET, code: 'transport-mismatch' },
    {
      name: '128 bytes for a ROM',
      client: 'rom',
      target: target('x'.repeat(128)),
      code: 'bootfile-unusable',
    },
    {
      name: '256 bytes for iPXE',
      client: 'ipxe',
      target: target('x'.repeat(256)),
      code: 'bootfile-unusable',
    },
    { name: 'empty name', client: 'rom', target: target(''), code: 'bootfile-unusable' },
    { name: 'backslash', client: 'rom', target: target('a\\b'), code: 'bootfile-unusable' },
    { name: 'NUL', client: 'rom', target: target('a\0b'), code: 'bootfile-unusable' },
    { name: 'blank', client: 'rom', target: target('a b'), code: 'bootfile-unusable' },
    { name: 'umlaut', client: 'ipxe', target: target('ä'), code: 'bootfile-unusable' },
  ] as const)('$name: $code', ({ client, target: wanted, code }) => {
    const answer = chooseBootAnswer(CLIENTS[client], wanted);
    expect(answer).toMatchObject({ kind: 'none', code });
    expect(answer.kind === 'none' && answer.reason.length > 0).toBe(true);
  });

  test('the reason of the target is kept', () => {
    expect(chooseBootAnswer(CLIENTS.rom, NO_BOOT)).toMatchObject({ reason: 'boots from its disk' });
  });
});
