import { ApiError, UnexpectedAnswer, Unreachable, type UnreachableReason } from '../client/errors.ts';
import { DomainError } from '../domain/errors.ts';
import { DEFAULT_SERVER } from './connect/server-address.ts';
import { LocalError, UsageError } from './errors.ts';
import { NO_SUCH_ROUTE } from './exit-codes.ts';
import { flagOfField } from './flags/flag-of-field.ts';
import type { FlagSpec } from './flags/flags.ts';

/** What went wrong, in the parts that people and scripts want: the error before its formatting. */
export interface Refusal {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly hint: string | null;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly conflict: {
    readonly value: string;
    readonly kind: string;
    readonly holder: string;
    readonly interface: string | null;
    readonly command: string | null;
  } | null;
}

/** Where the error came up, for hints that name the command. */
export interface RefusalScene {
  /** `['system', 'add']`, or as much of it as was recognised. */
  readonly path: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** Names of the flags that were given. */
  readonly given: readonly string[];
}

const NOTHING = { hint: null, problems: [], conflict: null } as const;

/** The refusal behind an error, whatever its class. */
export function refusalOf(error: unknown, scene: RefusalScene): Refusal {
  if (error instanceof ApiError) return apiRefusal(error, scene);
  if (error instanceof DomainError) {
    return {
      code: error.code,
      title: 'refused',
      detail: error.message,
      hint: error.hint ?? null,
      problems: error.problems,
      conflict: error.conflict ?? null,
    };
  }
  if (error instanceof Unreachable) {
    const detail = `no answer from ${error.address}: ${error.message}`;
    return {
      ...NOTHING,
      code: 'unreachable',
      title: 'server not reachable',
      detail,
      hint: unreachableHint(error),
    };
  }
  if (error instanceof UsageError) {
    const help = ['provision', 'help', ...scene.path].join(' ');
    return {
      ...NOTHING,
      code: 'usage',
      title: 'usage',
      detail: error.message,
      hint: error.hint ?? `see: ${help}`,
    };
  }
  if (error instanceof UnexpectedAnswer) {
    const hint = 'check the server: --server, $PROVISION_SERVER or the saved login may name another program';
    return { ...NOTHING, code: 'unexpected-answer', title: 'unexpected answer', detail: error.message, hint };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const hint = error instanceof LocalError ? (error.hint ?? null) : null;
  return { ...NOTHING, code: 'failed', title: 'failed', detail, hint };
}

function apiRefusal(error: ApiError, scene: RefusalScene): Refusal {
  const { problem } = error;
  const refused = refusedOf(problem['results']);
  if (refused !== null) {
    const detail = `nothing was applied: ${refused} refused`;
    return { ...NOTHING, code: problem.code ?? 'failed', title: problem.title, detail };
  }
  const conflict = problem.conflict ?? null;
  return {
    code: problem.code ?? 'failed',
    title: problem.title,
    detail: problem.detail ?? problem.title,
    hint: problem.hint ?? apiHint(error, scene),
    problems: problem.problems ?? [],
    conflict: conflict && {
      ...conflict,
      interface: conflict.interface ?? null,
      command: conflict.command ?? null,
    },
  };
}

/** `2 of 5,000 records`, each of which has been told with its reason; null where not many were asked for. */
function refusedOf(results: unknown): string | null {
  if (!Array.isArray(results)) return null;
  const count = results.filter((one: { action?: unknown } | null) => one?.action === 'refused').length;
  return count === 0 ? null : `${count} of ${results.length} ${results.length === 1 ? 'record' : 'records'}`;
}

/** What to do next when the server does not say. */
function apiHint(error: ApiError, scene: RefusalScene): string | null {
  if (error.code === NO_SUCH_ROUTE)
    return 'server and command differ in version: compare provision status with --version';
  if (error.status === 401) {
    return 'log in with: provision login URL, or give a token with --token-file or $PROVISION_TOKEN';
  }
  if (error.status === 404 && scene.path.length > 1) return `list them with: provision ${scene.path[0]} list`;
  return null;
}

const CHANGED_MAYBE = 'if it was to change something, it may have: look before you repeat it';

const HINTS: Readonly<Record<UnreachableReason, string | null>> = {
  'no-socket': null,
  refused: null,
  'not-permitted': 'run it as the owner of the data directory, or log in over HTTP: provision login URL',
  timeout: CHANGED_MAYBE,
  'unknown-name': 'check the name in --server, $PROVISION_SERVER or the saved login',
  'untrusted-certificate':
    'log in, which shows its fingerprint and pins it: provision login URL; or trust who signed it: NODE_EXTRA_CA_CERTS=/path/of/ca.pem',
  'certificate-changed':
    'ask who runs the server for its fingerprint. If it is the new one: provision login URL --fingerprint sha256:…; if not, somebody is in between',
  'no-tls': 'the port may be one without TLS: http://HOST:PORT',
  broken: CHANGED_MAYBE,
};

function unreachableHint(error: Unreachable): string {
  if (error.reason === 'broken' && error.address.startsWith('http://'))
    return `the port may be one with TLS: https://HOST:PORT; ${CHANGED_MAYBE}`;
  const hint = HINTS[error.reason];
  if (hint !== null) return hint;
  return error.address.startsWith('unix:')
    ? `start it with: provisiond (its socket is provision.sock in its data directory; ${DEFAULT_SERVER} is looked for unless --server or $PROVISION_SERVER says otherwise)`
    : 'start it there with: provisiond, or name another: --server URL';
}

/**
 * The refusal as lines for people: what is wrong, each field by the flag that sets it, who holds what was asked for,
 * and what to do next. What the first line says already is not said again.
 */
export function formatRefusal(refusal: Refusal, scene: RefusalScene): string[] {
  const { code, detail, problems, conflict, hint } = refusal;
  // The detail of `invalid` repeats the first problem, by a path that nobody typed.
  const told = code === 'invalid' && problems.length > 0 ? 'not valid, so nothing was changed' : detail;
  const lines = [`error: ${told}`];
  for (const { path, message } of problems) {
    if (problems.length === 1 && told.includes(message)) continue;
    lines.push(`  ${flagOfField(path, scene.flags, scene.given) ?? path}: ${message}`);
  }
  if (conflict !== null) {
    const { kind, value, holder, interface: port, command } = conflict;
    const where = port === null ? holder : `${holder}, interface ${port}`;
    if (!told.includes(value) || !told.includes(where)) lines.push(`  ${kind} ${value} is held by ${where}`);
    if (command !== null && !hint?.includes(command)) lines.push(`  show it with: ${command}`);
  }
  if (hint !== null) lines.push(`next: ${hint}`);
  return lines;
}

/** The refusal as one problem document: the server's own, word for word, where there is one. */
export function problemOf(error: unknown, scene: RefusalScene): object {
  if (error instanceof ApiError) return error.problem;
  const { problems, conflict, hint, ...rest } = refusalOf(error, scene);
  return {
    type: 'about:blank',
    ...rest,
    ...(hint === null ? {} : { hint }),
    ...(problems.length === 0 ? {} : { problems }),
    ...(conflict === null ? {} : { conflict }),
  };
}
