import type { Config } from '../src/config.ts';

/** The configuration in force, with what of a new one can change while the service runs. */
export function reloaded(before: Config, next: Config): Config {
  const { interfaces, ipxeUserClasses } = next.dhcp;
  return {
    ...before,
    files: next.files,
    loaders: next.loaders,
    installs: next.installs,
    notify: next.notify,
    power: { ...before.power, commands: next.power.commands },
    handoff: next.handoff,
    dhcp: { ...before.dhcp, interfaces, ipxeUserClasses },
  };
}

/** Keys that only take effect when the sockets and the database are opened anew. */
export function keysThatNeedRestart(before: Config, after: Config): string[] {
  const fixed = ({ dataDir, http, boot, tftp, dhcp, power, files, syslog }: Config) =>
    Object.entries({
      dataDir,
      http,
      boot,
      tftp,
      syslog,
      power: { ...power, commands: null },
      'dhcp.port': dhcp.port,
      'dhcp.probe': dhcp.probe,
      'dhcp.clientPacketsPerSecond': dhcp.clientPacketsPerSecond,
      'files.cacheMegabytes': files.cacheMegabytes,
    });
  const next = new Map(fixed(after));
  return fixed(before)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(next.get(key)))
    .map(([key]) => key);
}
