import { z } from 'zod';
import { DomainError, notFound } from '../../domain/errors.ts';
import type { Install, InstallState } from '../../domain/install/install.ts';
import type { StoredSystem } from '../../store/interfaces/store.ts';
import { auditedReads } from '../access/audited-reads.ts';
import type { Actor, Deps } from '../deps.ts';
import { parseInput } from '../records/input.ts';
import { LOG_NAMES, type LogName, type LogPart, type LogRead, SYSLOG } from './log-files.ts';

/** Lines that one sees without asking for more. */
const TAIL_LINES = 200;

export const installLogQuery = z
  .strictObject({
    /** Id of the install; absent: the last one. */
    install: z.coerce.number().int().min(1).optional(),
    name: z.enum(LOG_NAMES).default(SYSLOG),
    /** The last so many lines. */
    tail: z.coerce.number().int().min(1).max(10_000).optional(),
    /** From this byte on, a part at a time. */
    offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  })
  .refine(({ tail, offset }) => tail === undefined || offset === undefined, {
    path: ['offset'],
    message: 'goes with no tail: the last lines, or those from an offset on',
  });

/** A part of a log of an install, and what else there is. */
export interface InstallLog extends LogPart {
  readonly system: string;
  readonly install: number;
  readonly state: InstallState;
  readonly name: LogName;
  /** The logs that this install has. */
  readonly names: readonly LogName[];
}

export interface LogReader {
  /** Throws DomainError 'not-found' for a system, install or log that there is not, 'invalid' for a query that makes no sense. */
  read(system: string, query: unknown, actor: Actor): Promise<InstallLog>;
}

/** The logs of installs, for people. */
export function logReader(deps: Pick<Deps, 'store' | 'now'>, files: LogRead): LogReader {
  const { store } = deps;
  const noteRead = auditedReads(deps);
  const findInstall = ({ system }: StoredSystem, installId: number | undefined): Install | null => {
    if (installId === undefined) return system.install;
    const stored = store.boot.findInstallById(installId);
    return stored !== undefined && stored.systemId === system.id ? stored.install : null;
  };
  return {
    async read(name, query, actor) {
      const wanted = parseInput(installLogQuery, query);
      const found = await store.read.systems.find(name);
      if (found === undefined) throw notFound('system', name);
      const install = findInstall(found, wanted.install);
      if (install === null) throw noInstall(name, wanted.install);
      await noteRead(actor, name, { log: wanted.name, install: install.id });
      const names = await files.list(install.id);
      const part = await readPart(files, install.id, wanted);
      if (part === undefined && wanted.name !== SYSLOG) throw noLog(install.id, wanted.name, names);
      return {
        system: name,
        install: install.id,
        state: install.state,
        name: wanted.name,
        names,
        ...(part ?? NOTHING),
      };
    },
  };
}

/** Nothing has come yet. */
const NOTHING: LogPart = { text: '', from: 0, next: 0, total: 0, leftOutBytes: 0 };

function readPart(
  files: LogRead,
  installId: number,
  { name, tail = TAIL_LINES, offset }: z.output<typeof installLogQuery>,
): Promise<LogPart | undefined> {
  return offset === undefined ? files.tail(installId, name, tail) : files.part(installId, name, offset);
}

function noInstall(system: string, installId: number | undefined): DomainError {
  if (installId === undefined)
    return new DomainError('not-found', `no install of ${system} was ever armed`, {
      hint: `arm one with: provision system install ${system}`,
    });
  return new DomainError('not-found', `install ${installId} is none of ${system}`, {
    hint: `its last one is shown by: provision system show ${system}`,
  });
}

function noLog(installId: number, name: LogName, names: readonly LogName[]): DomainError {
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return new DomainError('not-found', `install ${installId} has no log '${name}': ${has}`, {
    hint: 'installers upload their logs at their end and when they fail',
  });
}
