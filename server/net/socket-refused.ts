/** Where an opening failed: our own plan, the FFI library, or the system call named. */
export type SocketStep = 'plan' | 'load' | 'socket' | 'setsockopt' | 'bind-to-device' | 'bind' | 'adopt';

/** What the refusal is about. */
export interface RefusedSocket {
  readonly step: SocketStep;
  /** Symbolic error: `EACCES`, `EADDRINUSE`, … or one of ours (`NO_FFI`, `NO_ADDRESS`, …). */
  readonly code: string;
  readonly interfaceName: string;
  readonly port: number;
}

/**
 * A socket that could not be opened: which one, why, and in one sentence what to do about it.
 * `message` holds the why only, so that logs and status pages can show the remedy apart.
 */
export class SocketRefused extends Error {
  readonly code: string;
  readonly step: SocketStep;
  readonly interfaceName: string;
  readonly port: number;
  readonly remedy: string;

  constructor(refused: RefusedSocket, reason: string, remedy: string) {
    super(`DHCP on ${refused.interfaceName} (UDP port ${refused.port}): ${reason}`);
    this.name = 'SocketRefused';
    this.code = refused.code;
    this.step = refused.step;
    this.interfaceName = refused.interfaceName;
    this.port = refused.port;
    this.remedy = remedy;
  }
}

/** The refusal for an error of the operating system. */
export function systemRefusal(refused: RefusedSocket): SocketRefused {
  return new SocketRefused(refused, `${refused.step} failed with ${refused.code}`, remedyFor(refused));
}

/** Any error of an opening as a refusal; one that already is a refusal keeps its words. */
export function toRefusal(error: unknown, refused: Omit<RefusedSocket, 'code'>): SocketRefused {
  if (error instanceof SocketRefused) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (typeof code === 'string') return systemRefusal({ ...refused, code });
  const reason = error instanceof Error ? error.message : String(error);
  return new SocketRefused({ ...refused, code: 'UNEXPECTED' }, reason, 'See the log of the service.');
}

/** One sentence for the person at the console. */
function remedyFor({ code, step, interfaceName, port }: RefusedSocket): string {
  if (step === 'bind-to-device' && code === 'EPERM')
    return 'Binding to a device needs Linux 5.7 or newer, or CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW).';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return (
        'A port below 1024 needs CAP_NET_BIND_SERVICE: set AmbientCapabilities=CAP_NET_BIND_SERVICE in the ' +
        `unit, or run sysctl -w net.ipv4.ip_unprivileged_port_start=${port}.`
      );
    case 'EADDRINUSE':
      return (
        `Another program holds UDP port ${port}; ss -ulpn 'sport = :${port}' names it. ` +
        'Stop it (often dnsmasq, dhcpd or kea-dhcp4): two DHCP servers on one interface contradict each other.'
      );
    case 'ENODEV':
      return `There is no interface ${interfaceName}; ip link lists those there are.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many open files: raise LimitNOFILE= in the unit.';
    case 'ENOBUFS':
    case 'ENOMEM':
      return 'The kernel has no memory for another socket: free some and reload the service.';
    default:
      return `Look ${code} up in the manual page of ${step === 'bind' ? 'bind(2)' : 'socket(7)'}.`;
  }
}
