import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openDeviceSocket } from '../../../server/net/device-socket.ts';
import { SocketRefused } from '../../../server/net/socket-refused.ts';
import { createFakeLibc } from '../../support/fake-libc.ts';

const handlers = { message: () => undefined, error: () => undefined };
const CREATE = `socket 2 ${2 | 0o4000 | 0o2000000} 0`;
const DEVICE = 'setsockopt 1 25 6574683000';
const FORCE = 'setsockopt 1 33 00004000';
const BIND = 'bind 02000043000000000000000000000000';

/** The refusal of an opening in which the calls named fail. */
function refusalOf(refusals: Readonly<Record<string, string>>, interfaceName = 'eth0') {
  const fake = createFakeLibc(refusals);
  try {
    openDeviceSocket(fake.libc, { interfaceName, port: 67 }, handlers);
  } catch (error) {
    if (error instanceof SocketRefused) return { error, calls: fake.calls };
    throw error;
  }
  throw new Error('it was opened');
}

describe.runIf(endianness() === 'LE')('openDeviceSocket', () => {
  it('sets the device before it binds, takes the plain buffer where force is refused, and closes on failure', () => {
    const { calls } = refusalOf({ [FORCE]: 'EPERM', [BIND]: 'EADDRINUSE' });
    expect(calls).toEqual([
      CREATE,
      DEVICE,
      'setsockopt 1 6 01000000',
      FORCE,
      'setsockopt 1 8 00004000',
      BIND,
      'close 1000000',
    ]);
  });

  it.each([
    { call: CREATE, code: 'EMFILE', step: 'socket', remedy: 'LimitNOFILE=' },
    { call: DEVICE, code: 'EPERM', step: 'bind-to-device', remedy: 'CAP_NET_RAW' },
    { call: DEVICE, code: 'ENODEV', step: 'bind-to-device', remedy: 'There is no interface eth0' },
    { call: BIND, code: 'EACCES', step: 'bind', remedy: 'CAP_NET_BIND_SERVICE' },
    { call: BIND, code: 'EPERM', step: 'bind', remedy: 'CAP_NET_BIND_SERVICE' },
    { call: BIND, code: 'EADDRINUSE', step: 'bind', remedy: "ss -ulpn 'sport = :67'" },
    { call: BIND, code: 'EFAULT', step: 'bind', remedy: 'bind(2)' },
  ])('$code at $step has a remedy', ({ call, code, step, remedy }) => {
    const { error } = refusalOf({ [call]: code });
    expect(error).toMatchObject({ code, step, interfaceName: 'eth0', port: 67 });
    expect(error.message).toBe(`DHCP on eth0 (UDP port 67): ${step} failed with ${code}`);
    expect(error.remedy).toContain(remedy);
  });

  it('refuses a name that the kernel would cut short', () => {
    const { error, calls } = refusalOf({}, 'a-name-of-16-chr');
    expect(error.code).toBe('ENODEV');
    expect(calls).toEqual([CREATE, 'close 1000000']);
  });
});
