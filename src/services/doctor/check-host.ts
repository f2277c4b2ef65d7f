import type { Check } from '../../domain/check.ts';
import type { DoctorFacts } from './facts.ts';

/** capabilities(7), their numbers. */
const CAP_NET_BIND_SERVICE = 10n;
const CAP_NET_ADMIN = 12n;
const CAP_NET_RAW = 13n;
/** The lowest port that is listened on: DHCP. */
const LOWEST_PORT = 67;

const MIB = 1024 * 1024;
/** A clock set back by less does no harm. */
const CLOCK_SLACK_MS = 5_000;

/** What the process may do. */
export function checkCapabilities({ host }: DoctorFacts): Check[] {
  const { capabilities, firstFreePort } = host;
  if (capabilities === null) return [];
  const has = (bit: bigint): boolean => ((capabilities >> bit) & 1n) === 1n;
  const mayBind = has(CAP_NET_BIND_SERVICE) || (firstFreePort !== null && firstFreePort <= LOWEST_PORT);
  const checks: Check[] = [];
  if (!mayBind) {
    checks.push({
      name: 'capabilities',
      state: 'problem',
      what: 'the process may not open ports below 1024 (67 DHCP, 69 TFTP, 80 HTTP): CAP_NET_BIND_SERVICE is missing',
      next: 'run it by deploy/provisiond.service, or: setcap cap_net_bind_service,cap_net_raw+ep on the node that runs it',
    });
  }
  if (!has(CAP_NET_RAW)) {
    checks.push({
      name: 'capabilities',
      state: 'warning',
      what: 'CAP_NET_RAW is missing: machines that have no address yet are answered by broadcast',
      next: 'run it by deploy/provisiond.service, which gives it',
    });
  }
  if (checks.length > 0) return checks;
  return [{ name: 'capabilities', state: 'ok', what: 'all that is needed', next: null }];
}

/** Whether a boot storm fits into the socket's buffer. */
export function checkReceiveBuffer({ host }: DoctorFacts): Check[] {
  const { receiveBufferBytes, wantedReceiveBufferBytes, capabilities } = host;
  if (receiveBufferBytes === null) return [];
  // SO_RCVBUFFORCE is not bound by the limit.
  const isFree = capabilities !== null && ((capabilities >> CAP_NET_ADMIN) & 1n) === 1n;
  if (isFree || receiveBufferBytes >= wantedReceiveBufferBytes) {
    return [{ name: 'receive buffer', state: 'ok', what: `${receiveBufferBytes} bytes allowed`, next: null }];
  }
  return [
    {
      name: 'receive buffer',
      state: 'warning',
      what: `net.core.rmem_max is ${receiveBufferBytes}: when many machines boot in the same instant, packets are lost`,
      next: `sysctl -w net.core.rmem_max=${wantedReceiveBufferBytes}, and a line in /etc/sysctl.d for the next start`,
    },
  ];
}

/** A clock that went back makes leases and installs last longer than was said. */
export function checkClock({ nowMs, latestWriteMs, host }: DoctorFacts): Check[] {
  const now = new Date(nowMs).toISOString();
  if (latestWriteMs !== null && latestWriteMs - nowMs > CLOCK_SLACK_MS) {
    return [
      {
        name: 'clock',
        state: 'problem',
        what: `the clock says ${now}, and a record was written at ${new Date(latestWriteMs).toISOString()}: it went back`,
        next: 'set the clock, and keep it right by a time service (chrony, systemd-timesyncd)',
      },
    ];
  }
  if (host.clockIsSynchronised === false) {
    return [
      {
        name: 'clock',
        state: 'warning',
        what: `the clock says ${now}, and no time service keeps it`,
        next: 'apt-get install chrony, or: systemctl enable --now systemd-timesyncd',
      },
    ];
  }
  return [{ name: 'clock', state: 'ok', what: now, next: null }];
}

/** A full disk stops every lease: none is promised that is not written. */
export function checkDisk({ host, dataDir }: DoctorFacts): Check[] {
  if (host.disk === null) return [];
  const { freeBytes, totalBytes } = host.disk;
  const percent = totalBytes === 0 ? 0 : Math.floor((100 * freeBytes) / totalBytes);
  const what = `${Math.floor(freeBytes / MIB)} MiB free (${percent} %) where ${dataDir} is`;
  const state = freeBytes < 100 * MIB ? 'problem' : freeBytes < 1024 * MIB ? 'warning' : 'ok';
  const next = 'remove images and distros that are not used any more, or move dataDir to a larger disk';
  return [{ name: 'disk', state, what, next: state === 'ok' ? null : next }];
}
