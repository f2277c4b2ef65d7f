/** Something that owns a port while it runs. */
export interface Listener {
  /** Short and unique among listeners, for logs and errors: `tftp`, `dhcp eth0`. */
  readonly name: string;
  /** Resolves once datagrams or connections are taken. @throws PortRefused */
  start(): Promise<void>;
  /** Ends what is under way and frees the port; fine also after a start that failed or never was. */
  stop(): Promise<void>;
}

export interface WantedPort {
  /** Name of the listener that wanted it. */
  readonly name: string;
  readonly protocol: 'udp' | 'tcp';
  readonly address: string;
  readonly port: number;
}

/** A port that could not be had: which, why, and what the operator can do about it. */
export class PortRefused extends Error {
  override readonly name = 'PortRefused';
  readonly wanted: WantedPort;
  /** The system's error code: EACCES, EADDRINUSE, EADDRNOTAVAIL … */
  override readonly cause: string;
  /** What to do, in words for the operator; may be several lines. */
  readonly remedy: string;

  constructor(wanted: WantedPort, cause: string) {
    const { name, protocol, address, port } = wanted;
    super(`${name}: cannot listen on ${protocol} ${address} port ${port}: ${cause}`);
    this.wanted = wanted;
    this.cause = cause;
    this.remedy = remedyFor(wanted, cause);
  }
}

/** Turns the error of a bind into PortRefused; one without a system code is a defect and comes back as it is. */
export function portRefusal(wanted: WantedPort, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? new PortRefused(wanted, code) : error;
}

function remedyFor({ protocol, address, port }: WantedPort, cause: string): string {
  switch (cause) {
    case 'EACCES':
    case 'EPERM':
      return [
        `ports below 1024 need a privilege; give it in one of these ways:`,
        `  in the systemd unit: AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_RAW`,
        `  to this node only:   setcap cap_net_bind_service,cap_net_raw+ep "$(readlink -f "$(which node)")"`,
        `  to every program:    sysctl net.ipv4.ip_unprivileged_port_start=${port}`,
      ].join('\n');
    case 'EADDRINUSE': {
      const flags = protocol === 'udp' ? '-ulnp' : '-tlnp';
      return `port ${port} is in use: find the holder with \`ss ${flags} sport = :${port}\` and stop it, or listen on another address`;
    }
    case 'EADDRNOTAVAIL':
      return `${address} is not an address of this machine (yet): see \`ip -brief address\``;
    case 'EAFNOSUPPORT':
      return `this machine has no support for addresses like ${address}: IPv6 may be switched off`;
    default:
      return `the system refused with ${cause}`;
  }
}
