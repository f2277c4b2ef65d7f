import type { Permission } from '../../../src/domain/access/access.ts';
import type { BootAnswer, BootRequest } from './answer.ts';

/** What a route's path gave, by name and percent-decoded. */
export type Params = Readonly<Record<string, string>>;

/** One thing that machines may ask for. Its permission is part of the type: no route is without. */
export interface Route {
  readonly methods: readonly string[];
  /** `/trees/:distro/*`; a name stands for one segment, the star for all the rest. */
  readonly path: string;
  readonly permission: Extract<Permission, 'machine'>;
  handle(request: BootRequest, params: Params): Promise<BootAnswer> | BootAnswer;
}

export interface FoundRoute {
  readonly route: Route;
  readonly params: Params;
}

/** `malformed`: the path is none, whatever is behind it. */
export type RouteSearch = FoundRoute | 'unknown' | 'malformed';

/** Longest segment that may be a name, in characters as they came. */
const SEGMENT_LIMIT = 300;

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Finds routes by method and target, as both stand in the first line of a request. */
export function createRouter(routes: readonly Route[]): (method: string, target: string) => RouteSearch {
  const compiled = routes.map(compile);
  return (method, target) => {
    const path = pathOf(target);
    for (const { route, pattern, names } of compiled) {
      if (!route.methods.includes(method)) continue;
      const match = pattern.exec(path);
      if (match === null) continue;
      const params = decodeParams(names, match);
      return params === undefined ? 'malformed' : { route, params };
    }
    return 'unknown';
  };
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replace(/:([a-z]+)|\*/g, (_, name: string | undefined) => {
    names.push(name ?? '*');
    return name === undefined ? '(.*)' : `([^/]{1,${SEGMENT_LIMIT}})`;
  });
  return { route, pattern: new RegExp(`^${source}$`, 's'), names };
}

/** Without the query; a target may be a whole URL, RFC 9112 §3.2.2. */
function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(/^http:\/\/[^/?#]*/i, '');
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}

function decodeParams(names: readonly string[], match: RegExpExecArray): Params | undefined {
  const params: Record<string, string> = Object.create(null);
  for (const [index, name] of names.entries()) {
    const text = match[index + 1] ?? '';
    try {
      params[name] = text.includes('%') ? decodeURIComponent(text) : text;
    } catch {
      return undefined;
    }
  }
  return params;
}
