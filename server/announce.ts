import type { Config } from '../src/config.ts';
import type { ServiceStatus } from './http/api-services.ts';

/** What a newcomer reads after the start: where it is, what could not be had and why, and the next three commands. */
export function announce(
  config: Config,
  status: ServiceStatus,
  setupToken: string | undefined,
  socketPath: string,
): string {
  const { address, port } = config.http.listen;
  const { certificate } = status;
  const url = `${certificate === null ? 'http' : 'https'}://${address}:${port}/`;
  const lines = [
    `provisiond ${status.version}`,
    '',
    `  pages and API   ${url}`,
    `  unix socket     ${socketPath}`,
  ];
  if (certificate !== null) lines.push(`  certificate     sha256:${certificate.sha256}`);
  if (setupToken !== undefined)
    lines.push(
      `  setup token: ${setupToken}   (once, for the first API token:`,
      `      provision setup --server ${url}${certificate?.isOwn ? ` --fingerprint sha256:${certificate.sha256}` : ''})`,
    );
  lines.push(
    '',
    ...status.listeners.flatMap(listenerLines),
    ...status.warnings.map((text) => `  warning: ${text}`),
  );
  lines.push(
    '',
    'next:',
    '  provision distro add debian-13 --kernel … --initrd … --tree http://…/debian',
    '  provision profile add debian-13 --distro debian-13 --ssh-key ~/.ssh/id_ed25519.pub',
    '  provision subnet add lab --network 10.99.0.0/24 --gateway 10.99.0.1 --dhcp authoritative',
    '',
    'provisiond is ready',
    '',
  );
  return lines.join('\n');
}

function listenerLines(listener: ServiceStatus['listeners'][number]): string[] {
  const head = `  ${listener.name.padEnd(16)}${listener.state === 'listening' ? (listener.address ?? '') : listener.state}`;
  if (listener.state === 'listening') return [head];
  const remedy = (listener.remedy ?? '').split('\n').filter((line) => line !== '');
  return [`${head}: ${listener.reason ?? ''}`, ...remedy.map((line) => `      ${line}`)];
}
