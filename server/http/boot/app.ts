import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { parseIpv4 } from '../../../src/domain/ipv4.ts';
import { parseMac } from '../../../src/domain/mac.ts';
import type { BootService, Delivery, FileName, Refusal } from '../../../src/services/boot.ts';
import { type BootFileService, LOADER_TYPE } from '../../../src/services/boot-files.ts';
import { logicalName } from '../../../src/tftp/path.ts';
import type { HttpApp } from '../http-listener.ts';
import { type BootHttpLimits, createBootHttp } from './boot-http.ts';
import { type BootEntrance, callerOf } from './caller.ts';
import { beginContent } from './content.ts';
import { HOST_KEYS_LIMIT, readDetail } from './detail.ts';
import { readBody } from './read-body.ts';
import type { Params, Route } from './routes.ts';
import type { FileSender } from './send-file.ts';

export interface BootAppDeps {
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  /** The real path of a file in the tree of a distro. */
  readonly findInTree: (distro: string, name: string) => Promise<string | undefined>;
  readonly files: FileSender;
  /** The URI by which a proxy in front can send a file itself. */
  readonly findProxyUri: (path: string) => Promise<string | undefined>;
  readonly entrance: BootEntrance;
  readonly limits: Omit<BootHttpLimits, 'isProxy'>;
  readonly log: Logger;
}

/** A report's detail is a line or two; an installer that sends its whole log is cut off politely. */
const BODY_LIMIT_BYTES = 16 * 1024;
const STATUS: Readonly<Record<Refusal['refused'], number>> = { unknown: 404, 'not-yours': 403, over: 410 };
const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** What booting machines fetch, on a listener of its own: no route of people is reachable here, none of these there. */
export function buildBootApp(deps: BootAppDeps): HttpApp {
  const { proxies } = deps.entrance;
  const isProxy = (text: string): boolean => {
    const address = parseIpv4(text);
    return address !== undefined && proxies.has(address);
  };
  const routes: Route[] = [
    // No HEAD for the script and the answer file: handing them out is counted, and a HEAD gets nothing for it.
    route(['GET'], '/boot/ipxe/:mac', (request, response, params) =>
      sendScript(deps, request, response, params),
    ),
    route(['GET'], '/i/:token/answer', fileRoute(deps, 'answer')),
    route(['GET', 'HEAD'], '/i/:token/kernel', fileRoute(deps, 'kernel')),
    route(['GET', 'HEAD'], '/i/:token/initrd', fileRoute(deps, 'initrd')),
    route(['GET', 'HEAD'], '/i/:token/image', fileRoute(deps, 'image')),
    route(['GET', 'POST'], '/i/:token/event/:stage', (request, response, params) =>
      takeReport(deps, request, response, params),
    ),
    route(['GET', 'HEAD'], '/trees/:distro/*', async (request, response, { distro = '', '*': name = '' }) => {
      const path = await deps.findInTree(distro, name);
      if (path === undefined)
        return refuse(response, { refused: 'unknown', reason: 'there is no such file in this tree' });
      await sendPath(deps, request, response, path, () => {});
    }),
    // Whatever else a loader asks for, below the folder that it came from or below the root.
    ...['/loaders/*', '/*'].map((path) =>
      route(['GET', 'HEAD'], path, (request, response, { '*': name = '' }) =>
        sendBootFile(deps, request, response, name),
      ),
    ),
  ];
  return createBootHttp(routes, { ...deps.limits, isProxy }, deps.log);
}

function route(methods: readonly string[], path: string, handle: Route['handle']): Route {
  return { methods, path, permission: 'machine', handle };
}

async function sendScript(
  { boot, entrance }: BootAppDeps,
  request: IncomingMessage,
  response: ServerResponse,
  params: Params,
): Promise<void> {
  const mac = parseMac(params['mac'] ?? '');
  if (mac === undefined) return refuse(response, { refused: 'unknown', reason: 'that is no MAC address' });
  const script = await boot.script(mac, callerOf(request, entrance));
  if (typeof script === 'string') sendText(response, 200, PLAIN_TEXT, script);
  else refuse(response, script);
}

function fileRoute(deps: BootAppDeps, name: FileName): Route['handle'] {
  return async (request, response, { token = '' }) => {
    const file = await deps.boot.file(token, name, callerOf(request, deps.entrance));
    if ('refused' in file) return refuse(response, file);
    if (file.kind === 'path') return sendPath(deps, request, response, file.path, file.delivered);
    const bytes = Buffer.byteLength(file.text);
    sendText(response, 200, file.contentType, file.text);
    file.delivered({ bytes, total: bytes, ms: 0 });
  };
}

/** A file of any size: by the proxy in front, where it brought the request and has the file, or by ourselves. */
async function sendPath(
  { files, findProxyUri, entrance }: BootAppDeps,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  delivered: (sent: Delivery) => void,
): Promise<void> {
  const uri = callerOf(request, entrance).isByProxy ? await findProxyUri(path) : undefined;
  if (uri === undefined) return files.send(request, response, path, delivered);
  response
    .writeHead(200, [
      'x-accel-redirect',
      uri,
      'content-type',
      'application/octet-stream',
      'content-length',
      '0',
    ])
    .end();
  delivered({ byProxy: true });
}

/** Firmware asks for the size of a loader by HEAD; other files have none, since handing them out is counted. */
async function sendBootFile(
  deps: BootAppDeps,
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): Promise<void> {
  const { bootFiles, entrance } = deps;
  const name = logicalName(text);
  if (!name.ok) return refuse(response, { refused: 'unknown', reason: 'there is no such file' });
  const found =
    request.method === 'HEAD'
      ? await bootFiles.findLoader(name.name)
      : await bootFiles.find(name.name, callerOf(request, entrance));
  if (found.kind === 'none') return refuse(response, found.refusal);
  if (found.kind === 'path') return sendPath(deps, request, response, found.path, found.delivered);
  const { bytes, contentType } = found;
  if (contentType !== LOADER_TYPE) return sendText(response, 200, contentType, bytes);
  const part = beginContent(request, response, { size: bytes.length, etag: etagOf(bytes) });
  if (part !== undefined) response.end(bytes.subarray(part.from, part.to + 1));
}

async function takeReport(
  { boot, entrance }: BootAppDeps,
  request: IncomingMessage,
  response: ServerResponse,
  { token = '', stage = '' }: Params,
): Promise<void> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  const detail = readDetail(body, stage === 'first-boot' ? HOST_KEYS_LIMIT : undefined);
  const refusal = await boot.report(token, stage, detail, callerOf(request, entrance));
  if (refusal === undefined) sendText(response, 200, PLAIN_TEXT, 'ok\n');
  else refuse(response, refusal);
}

function refuse(response: ServerResponse, { refused, reason }: Refusal): void {
  sendText(response, STATUS[refused], PLAIN_TEXT, `${reason}\n`);
}

function sendText(response: ServerResponse, status: number, type: string, text: string | Buffer): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, ['content-type', type, 'content-length', length]).end(text);
}

const etags = new WeakMap<Buffer, string>();

/** Of a loader, which stays the same buffer as long as its file is the same. */
function etagOf(bytes: Buffer): string {
  const known = etags.get(bytes) ?? `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  etags.set(bytes, known);
  return known;
}
