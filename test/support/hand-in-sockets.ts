import { spawn } from 'node:child_process';
import {
  AF_INET,
  type CallResult,
  loadLibc,
  SO_BINDTODEVICE,
  SOCK_DGRAM,
  SOL_SOCKET,
} from '../../server/net/libc.ts';
import { encodeInterfaceName, encodeSockaddrIn } from '../../server/net/sockaddr.ts';
import { NO_ADDRESS } from '../../src/domain/network/ipv4.ts';
import { must } from './must.ts';

// What systemd does for a .socket unit with ListenDatagram=, BindToDevice= and FileDescriptorName=: opens the
// sockets and starts the service with them as descriptors 3, 4, … and the variables of sd_listen_fds(3).

export interface HandInOptions {
  /** `device` absent: a unit that forgot BindToDevice=. */
  readonly sockets: readonly { readonly name: string; readonly port: number; readonly device?: string }[];
  readonly command: readonly string[];
}

const options = JSON.parse(process.argv[2] ?? '') as HandInOptions;
const loaded = await loadLibc();
if (!loaded.ok) throw new Error(loaded.reason);
const { libc } = loaded;

const done = (result: CallResult): number => {
  if (!result.ok) throw new Error(result.code);
  return result.value;
};

const fds = options.sockets.map(({ port, device }) => {
  const fd = done(libc.socket(AF_INET, SOCK_DGRAM, 0));
  if (device !== undefined) {
    const name = must(encodeInterfaceName(device), 'an interface name');
    done(libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name));
  }
  done(libc.bind(fd, encodeSockaddrIn(NO_ADDRESS, port)));
  return fd;
});

const names = options.sockets.map(({ name }) => name).join(':');
// The service's pid is known to the shell before it becomes the service.
const child = spawn('sh', ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...options.command], {
  stdio: ['inherit', 'inherit', 'inherit', ...fds],
  env: { ...process.env, LISTEN_FDS: String(fds.length), LISTEN_FDNAMES: names },
});
child.once('exit', (code) => process.exit(code ?? 1));
