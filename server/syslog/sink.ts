import type { Ipv4 } from '../../src/domain/network/ipv4.ts';
import type { InstallerLogs } from '../../src/services/installer-logs/installer-logs.ts';

/** Where the messages of both ports go. */
export interface SyslogSink {
  isExpected(address: Ipv4): boolean;
  /** Never throws. */
  take(address: Ipv4, bytes: Buffer, cutBytes?: number): void;
  failed(error: Error): void;
}

/** The service as a sink: what it throws must not take a socket's callback down with it. */
export function createSyslogSink(
  logs: Pick<InstallerLogs, 'isExpected' | 'take'>,
  onError: (error: unknown) => void,
): SyslogSink {
  return {
    isExpected: logs.isExpected,
    take(address, bytes, cutBytes) {
      try {
        logs.take(address, bytes, cutBytes);
      } catch (error) {
        onError(error);
      }
    },
    failed: onError,
  };
}
