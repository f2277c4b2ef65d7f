import { describe, expect, it } from 'vitest';
import { bootUrl, chooseBootfile } from '../../src/boot/bootfile.ts';
import { parseMac } from '../../src/domain/mac.ts';
import { ip } from '../support/dhcp-packets.ts';
import { must } from '../support/must.ts';

const mac = must(parseMac('52:54:00:12:34:56'), 'MAC');
const address = ip('10.0.0.1');
const SCRIPT = '/boot/ipxe/52-54-00-12-34-56';

describe('chooseBootfile', () => {
  it.each([
    { arch: 'x86-bios', transport: 'tftp', isIpxe: false, bootfile: 'undionly.kpxe' },
    { arch: 'x64-uefi', transport: 'tftp', isIpxe: false, bootfile: 'snponly.efi' },
    { arch: 'x64-uefi', transport: 'http', isIpxe: false, bootfile: 'http://10.0.0.1/loaders/snponly.efi' },
    { arch: 'arm64-uefi', transport: 'tftp', isIpxe: false, bootfile: 'snponly-arm64.efi' },
    {
      arch: 'arm64-uefi',
      transport: 'http',
      isIpxe: false,
      bootfile: 'http://10.0.0.1/loaders/snponly-arm64.efi',
    },
    { arch: 'x86-bios', transport: 'tftp', isIpxe: true, bootfile: `http://10.0.0.1${SCRIPT}` },
    { arch: 'x64-uefi', transport: 'http', isIpxe: true, bootfile: `http://10.0.0.1${SCRIPT}` },
    { arch: 'x86-uefi', transport: 'tftp', isIpxe: true, bootfile: `http://10.0.0.1${SCRIPT}` },
  ] as const)('$arch by $transport, iPXE: $isIpxe', ({ bootfile, ...booter }) => {
    expect(chooseBootfile({ ...booter, mac }, { address, httpPort: 80 })).toEqual({
      nextServer: address,
      bootfile,
    });
  });

  it('names the port where it is not 80, never in a TFTP name', () => {
    const server = { address, httpPort: 8081 };
    expect(bootUrl(server)).toBe('http://10.0.0.1:8081');
    const booter = { arch: 'x64-uefi', mac } as const;
    expect(chooseBootfile({ ...booter, transport: 'http', isIpxe: false }, server)).toMatchObject({
      bootfile: 'http://10.0.0.1:8081/loaders/snponly.efi',
    });
    expect(chooseBootfile({ ...booter, transport: 'tftp', isIpxe: false }, server)).toMatchObject({
      bootfile: 'snponly.efi',
    });
  });

  it('has no loader for 32-bit UEFI and says so', () => {
    const booter = { arch: 'x86-uefi', transport: 'tftp', isIpxe: false, mac } as const;
    expect(chooseBootfile(booter, { address, httpPort: 80 })).toEqual({
      unsupported: 'there is no loader for x86-uefi firmware',
    });
  });
});
