import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { parseIpv4 } from '../../../src/domain/network/ipv4.ts';
import { parseMac } from '../../../src/domain/network/mac.ts';
import type { BootService, Delivery, FileName } from '../../../src/services/boot/boot.ts';
import { type BootFileService, LOADER_TYPE } from '../../../src/services/boot/boot-files.ts';
import type { MachineReports } from '../../../src/services/boot/machine-reports.ts';
import type { LogUploads } from '../../../src/services/installer-logs/uploads.ts';
import { logicalName } from '../../../src/tftp/path.ts';
import type { HttpApp } from '../http-listener.ts';
import { type BootAnswer, type BootRequest, PLAIN_TEXT, wholeAnswer, withBody } from './answer.ts';
import { type BootHttpEdges, type BootHttpLimits, createBootHttp } from './boot-http.ts';
import { type BootEntrance, callerOf } from './caller.ts';
import { answerContent } from './content.ts';
import { readReport } from './detail.ts';
import { readBody } from './read-body.ts';
import { refusalAnswer } from './refusal-answer.ts';
import type { Params, Route } from './routes.ts';
import type { FileSender } from './send-file.ts';
import { takeLog } from './take-log.ts';
import type { LoaderAsked } from './timeline.ts';

export interface BootAppDeps {
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  readonly reports: MachineReports;
  readonly uploads: LogUploads;
  /** The real path of a file in the tree of a distro. */
  readonly findInTree: (distro: string, name: string) => Promise<string | undefined>;
  readonly files: FileSender;
  /** The URI by which a proxy in front can send a file itself. */
  readonly findProxyUri: (path: string) => Promise<string | undefined>;
  readonly entrance: BootEntrance;
  readonly limits: Omit<BootHttpLimits, 'isProxy'>;
  readonly edges: BootHttpEdges;
  /** Hears of every loader that is fetched; not of ranges and sizes. */
  readonly onLoader: (asked: LoaderAsked) => void;
  readonly log: Logger;
}

/** A report's detail is a line or two; an installer that sends its whole log is cut off politely. */
const BODY_LIMIT_BYTES = 16 * 1024;

/** What booting machines fetch, on a listener of its own: no route of people is reachable here, none of these there. */
export function buildBootApp(deps: BootAppDeps): HttpApp {
  const { proxies } = deps.entrance;
  const isProxy = (text: string): boolean => {
    const address = parseIpv4(text);
    return address !== undefined && proxies.has(address);
  };
  const routes: Route[] = [
    // No HEAD for the script and the answer file: handing them out is counted, and a HEAD gets nothing for it.
    route(['GET'], '/boot/ipxe/:mac', (request, params) => scriptAnswer(deps, request, params)),
    route(['GET'], '/i/:token/answer', fileRoute(deps, 'answer')),
    route(['GET', 'HEAD'], '/i/:token/kernel', fileRoute(deps, 'kernel')),
    route(['GET', 'HEAD'], '/i/:token/initrd', fileRoute(deps, 'initrd')),
    route(['GET', 'HEAD'], '/i/:token/image', fileRoute(deps, 'image')),
    route(['GET', 'POST'], '/i/:token/event/:stage', (request, params) => takeReport(deps, request, params)),
    route(['POST', 'PUT'], '/i/:token/log/:name', (request, params) => takeLog(deps, request, params)),
    route(['GET', 'HEAD'], '/trees/:distro/*', async (request, { distro = '', '*': name = '' }) => {
      const path = await deps.findInTree(distro, name);
      if (path === undefined)
        return refusalAnswer({ refused: 'unknown', reason: 'there is no such file in this tree' });
      return pathAnswer(deps, request, path, () => {});
    }),
    // Whatever else a loader asks for, below the folder that it came from or below the root.
    ...['/loaders/*', '/*'].map((path) =>
      route(['GET', 'HEAD'], path, (request, { '*': name = '' }) => bootFileAnswer(deps, request, name)),
    ),
  ];
  return createBootHttp(routes, { ...deps.limits, isProxy }, deps.log, deps.edges);
}

function route(methods: readonly string[], path: string, handle: Route['handle']): Route {
  return { methods, path, permission: 'machine', handle };
}

async function scriptAnswer(
  { boot, entrance }: BootAppDeps,
  request: BootRequest,
  params: Params,
): Promise<BootAnswer> {
  const mac = parseMac(params['mac'] ?? '');
  if (mac === undefined) return refusalAnswer({ refused: 'unknown', reason: 'that is no MAC address' });
  const script = await boot.script(mac, callerOf(request, entrance));
  return typeof script === 'string' ? wholeAnswer(200, PLAIN_TEXT, script) : refusalAnswer(script);
}

function fileRoute(deps: BootAppDeps, name: FileName): Route['handle'] {
  return async (request, { token = '' }) => {
    const file = await deps.boot.file(token, name, callerOf(request, deps.entrance));
    if ('refused' in file) return refusalAnswer(file);
    if (file.kind === 'path') return pathAnswer(deps, request, file.path, file.delivered);
    const { length } = file.bytes;
    file.delivered({ bytes: length, total: length, ms: 0 });
    return wholeAnswer(200, file.contentType, file.bytes);
  };
}

/** A file of any size: by the proxy in front, where it brought the request and has the file, or by ourselves. */
async function pathAnswer(
  { files, findProxyUri, entrance }: BootAppDeps,
  request: BootRequest,
  path: string,
  delivered: (sent: Delivery) => void,
): Promise<BootAnswer> {
  const uri = callerOf(request, entrance).isByProxy ? await findProxyUri(path) : undefined;
  if (uri === undefined) return files.answer(request, path, delivered);
  delivered({ byProxy: true });
  return wholeAnswer(200, 'application/octet-stream', '', ['x-accel-redirect', uri]);
}

/** Firmware asks for the size of a loader by HEAD; other files have none, since handing them out is counted. */
async function bootFileAnswer(deps: BootAppDeps, request: BootRequest, text: string): Promise<BootAnswer> {
  const { bootFiles, entrance } = deps;
  const name = logicalName(text);
  if (!name.ok) return refusalAnswer({ refused: 'unknown', reason: 'there is no such file' });
  const caller = callerOf(request, entrance);
  const found =
    request.method === 'HEAD'
      ? await bootFiles.findLoader(name.name)
      : await bootFiles.find(name.name, caller);
  if (found.kind === 'none') {
    const isMissing = request.method === 'GET' && found.refusal.refused === 'unknown' && !found.isOptional;
    if (isMissing) deps.onLoader({ name: name.name, caller, missing: found.refusal.reason });
    return refusalAnswer(found.refusal);
  }
  if (found.kind === 'path') return pathAnswer(deps, request, found.path, found.delivered);
  const { bytes, contentType } = found;
  if (contentType !== LOADER_TYPE) return wholeAnswer(200, contentType, bytes);
  const { part, answer } = answerContent(request, { size: bytes.length, etag: etagOf(bytes) });
  if (part === undefined) return answer;
  if (answer.status === 200) deps.onLoader({ name: name.name, caller, bytes: bytes.length });
  return withBody(answer, bytes.subarray(part.from, part.to + 1));
}

async function takeReport(
  { reports, entrance }: BootAppDeps,
  request: BootRequest,
  { token = '', stage = '' }: Params,
): Promise<BootAnswer> {
  const body = await readBody(request, BODY_LIMIT_BYTES);
  const refusal = await reports.report(token, stage, readReport(body, stage), callerOf(request, entrance));
  return refusal === undefined ? wholeAnswer(200, PLAIN_TEXT, 'ok\n') : refusalAnswer(refusal);
}

const etags = new WeakMap<Buffer, string>();

/** Of a loader, which stays the same buffer as long as its file is the same. */
function etagOf(bytes: Buffer): string {
  const known = etags.get(bytes) ?? `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  etags.set(bytes, known);
  return known;
}
