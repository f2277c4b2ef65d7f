import { type BootHttpEdges, type BootHttpLimits, createBootHttp } from '../../server/http/boot/boot-http.ts';
import type { FileSender, Sent } from '../../server/http/boot/send-file.ts';
import type { HttpApp } from '../../server/http/http-listener.ts';
import { createLog } from '../../server/log.ts';

/** The boot listener's server with nothing but `/file`, which sends the file at `path`. */
export function openFileApp(
  sender: FileSender,
  path: () => string,
  onSent: (sent: Sent) => void,
  limits: Partial<BootHttpLimits> = {},
  edges: Partial<BootHttpEdges> = {},
): HttpApp {
  return createBootHttp(
    [
      {
        methods: ['GET', 'HEAD'],
        path: '/file',
        permission: 'machine',
        handle: (request) => sender.answer(request, path(), onSent),
      },
    ],
    { maxConnections: 1000, stallMs: 60_000, isProxy: () => false, ...limits },
    createLog('silent'),
    { nowMs: () => 0, ...edges },
  );
}
