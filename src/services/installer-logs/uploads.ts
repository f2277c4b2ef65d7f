import type { Install } from '../../domain/install/install.ts';
import { formatIpv4 } from '../../domain/network/ipv4.ts';
import type { BootService, Caller, Refusal } from '../boot/boot.ts';
import type { Deps } from '../deps.ts';
import type { EventService } from '../events/events.ts';
import { type InstallLogFiles, UPLOADED_LOGS } from './log-files.ts';
import { maskTokenInStream } from './token-mask.ts';

/** How long after the last change of its install a machine may upload a log: installers fail first and tell then. */
const LATE_MS = 60 * 60_000;

export interface LogUploads {
  /** Keeps a log that a machine sends; `too-large` where it is more than is kept. Rejects when it breaks off. */
  receive(
    token: string,
    name: string,
    caller: Caller,
    bytes: AsyncIterable<Buffer>,
  ): Promise<Refusal | 'too-large' | undefined>;
}

/** Logs that installers upload, by the token of their install and from their machine's address only. */
export function logUploads(
  { now }: Pick<Deps, 'now'>,
  boot: Pick<BootService, 'findOwn'>,
  files: Pick<InstallLogFiles, 'receive'>,
  events: Pick<EventService, 'record'>,
): LogUploads {
  return {
    async receive(token, name, caller, bytes) {
      const stored = boot.findOwn(token, caller, 'log');
      if ('refused' in stored) return stored;
      const { install, systemId } = stored;
      const known = UPLOADED_LOGS.find((candidate) => candidate === name);
      if (known === undefined)
        return {
          refused: 'unknown',
          reason: `there is no log '${name.slice(0, 40)}'; take one of ${UPLOADED_LOGS.join(', ')}`,
        };
      if (!mayUpload(install, now()))
        return { refused: 'over', reason: `the install is over (${install.state})` };
      const size = await files.receive(install.id, known, maskTokenInStream(bytes, token));
      const told = {
        systemId,
        installId: install.id,
        mac: null,
        stage: 'log',
        data: { name: known, bytes: size ?? null, address: formatIpv4(caller.address) },
      } as const;
      if (size === undefined) {
        events.record({ ...told, outcome: 'warning', message: `the log '${known}' is too large to be kept` });
        return 'too-large';
      }
      events.record({ ...told, outcome: 'ok', message: `the installer's log '${known}' (${size} bytes)` });
      return undefined;
    },
  };
}

/** An installer runs, or has ended just now. */
function mayUpload({ state, updatedAt }: Install, nowMs: number): boolean {
  if (state === 'queued' || state === 'armed') return false;
  return nowMs < Date.parse(updatedAt) + LATE_MS || state === 'installing';
}
