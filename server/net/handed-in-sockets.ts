/** An open socket that the service manager passed at start. */
export interface HandedInSocket {
  readonly fd: number;
  /** `FileDescriptorName=` of the socket unit. */
  readonly name: string;
}

/** The passed sockets, or why the variables that announce them make no sense. */
export type HandedInSockets =
  | { readonly ok: true; readonly sockets: readonly HandedInSocket[] }
  | { readonly ok: false; readonly reason: string };

/** The variables of sd_listen_fds(3). */
export interface ListenEnvironment {
  readonly LISTEN_PID?: string | undefined;
  readonly LISTEN_FDS?: string | undefined;
  readonly LISTEN_FDNAMES?: string | undefined;
}

/** sd_listen_fds(3), SD_LISTEN_FDS_START: after stdin, stdout and stderr. */
const FIRST_FD = 3;
/** Far above any use, and small enough to count through. */
const MOST_FDS = 4096;
const NUMBER = /^[0-9]{1,10}$/;

/**
 * Reads the variables of sd_listen_fds(3). None set, or meant for another process (a parent that did not clear
 * them): no sockets. `pid` is this process's. Sockets without a name are called `unknown`, as systemd does.
 */
export function parseListenFds(environment: ListenEnvironment, pid: number): HandedInSockets {
  const { LISTEN_PID: forPid, LISTEN_FDS: count, LISTEN_FDNAMES: names } = environment;
  if (forPid === undefined || count === undefined) return { ok: true, sockets: [] };
  if (!NUMBER.test(forPid)) return { ok: false, reason: `LISTEN_PID=${forPid} is not a number` };
  if (Number(forPid) !== pid) return { ok: true, sockets: [] };
  if (!NUMBER.test(count) || Number(count) > MOST_FDS)
    return { ok: false, reason: `LISTEN_FDS=${count} is not a number of descriptors` };
  const nameList = names === undefined || names === '' ? [] : names.split(':');
  if (nameList.length > 0 && nameList.length !== Number(count))
    return { ok: false, reason: `LISTEN_FDS=${count}, but LISTEN_FDNAMES has ${nameList.length} names` };
  const sockets = Array.from({ length: Number(count) }, (_, index) => ({
    fd: FIRST_FD + index,
    name: nameList[index] ?? 'unknown',
  }));
  return { ok: true, sockets };
}

/**
 * The name a socket unit gives the DHCP socket of an interface: `dhcp-eth0` for port 67. For another port
 * the port is in it, `dhcp-4011-eth0`. (A colon would be clearer, but separates the names.)
 */
export function handedInName(interfaceName: string, port: number): string {
  return port === 67 ? `dhcp-${interfaceName}` : `dhcp-${port}-${interfaceName}`;
}
