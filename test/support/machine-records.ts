import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningProvisiond } from './running-provisiond.ts';

/** A root password hash that fits nothing. */
const NO_PASSWORD = `$6$saltsalt$${'x'.repeat(86)}`;

/**
 * Declares a distro of two small files and the profile `debian-13` of it, complete enough to be armed. Returns the
 * contents by file.
 */
export async function declareProfile(
  server: RunningProvisiond,
  more: { readonly tree?: string } = {},
): Promise<{ readonly kernel: string; readonly initrd: string }> {
  const contents = { kernel: 'the kernel\n', initrd: 'the initrd\n' };
  for (const [name, text] of Object.entries(contents))
    writeFileSync(join(server.dataDir, 'distros', name), text);
  const paths = {
    kernel: join(server.ownDataDir, 'distros/kernel'),
    initrd: join(server.ownDataDir, 'distros/initrd'),
  };
  const tree = more.tree ?? 'http://mirror.example/debian';
  const distro = { name: 'debian-13', family: 'debian', version: '13', tree, ...paths };
  await server.must('POST', '/api/v1/distros', distro);
  const settings = { rootPasswordHash: NO_PASSWORD };
  await server.must('POST', '/api/v1/profiles', { name: 'debian-13', distro: 'debian-13', settings });
  return contents;
}

/** Declares a machine of that profile with one interface. */
export function declareMachine(
  server: RunningProvisiond,
  name: string,
  mac: string,
  ip: string,
): Promise<unknown> {
  const interfaces = [{ name: 'eth0', mac, ip }];
  return server.must('POST', '/api/v1/systems', { name, profile: 'debian-13', interfaces });
}
