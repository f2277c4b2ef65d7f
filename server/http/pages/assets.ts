import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A year: the name changes with the content. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export interface Assets {
  /** The address of a file by its plain name: `form.css`. Throws for a name that there is not. */
  urlOf(name: string): string;
  /** Files by the names that they have in addresses. */
  readonly files: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer }>;
}

/** Reads what the build has made into memory: a request names one of these files, and never a path. */
export function openAssets(folder: string): Assets {
  const names = JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8')) as Record<string, string>;
  const files = new Map(
    readdirSync(join(folder, 'assets')).map((name) => [
      name,
      {
        type: TYPES[extname(name)] ?? 'application/octet-stream',
        bytes: readFileSync(join(folder, 'assets', name)),
      },
    ]),
  );
  return {
    files,
    urlOf(name) {
      const hashed = names[name];
      if (hashed === undefined) throw new Error(`there is no asset ${name}`);
      return `/assets/${hashed}`;
    },
  };
}

/** Files that a browser needs before anybody has logged in; there is nothing of a record in them. */
export function assetRoutes(app: FastifyInstance, { files }: Assets): void {
  const config = { permission: 'public', scope: 'none' } as const;
  app.get<{ Params: { name: string } }>('/assets/:name', { config }, (request, reply) => {
    const file = files.get(request.params.name);
    if (file === undefined) return reply.callNotFound();
    return reply.header('cache-control', FOR_EVER).type(file.type).send(file.bytes);
  });
}
