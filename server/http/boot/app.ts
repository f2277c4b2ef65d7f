import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { BootServer } from '../../../src/boot/bootfile.ts';
import { parseIpv4 } from '../../../src/domain/ipv4.ts';
import { parseMac } from '../../../src/domain/mac.ts';
import type { BootService, Caller, FileName, Refusal } from '../../../src/services/boot.ts';
import type { BootFile, BootFileService } from '../../../src/services/boot-files.ts';
import { logicalName } from '../../../src/tftp/path.ts';
import { requireDeclaredPermissions } from '../auth.ts';
import { installErrorHandlers } from '../errors.ts';
import { HOST_KEYS_LIMIT, readDetail } from './detail.ts';
import { sendFile } from './send-file.ts';

export interface BootAppDeps {
  readonly boot: BootService;
  readonly bootFiles: BootFileService;
  /** The real path of a file in the tree of a distro. */
  readonly findInTree: (distro: string, name: string) => Promise<string | undefined>;
  readonly httpPort: number;
  readonly log: FastifyBaseLogger;
}

const machine = { config: { permission: 'machine' } } as const;
/** A report's detail is a line or two; an installer that sends its whole log is cut off politely. */
const BODY_LIMIT_BYTES = 16 * 1024;
const NO_SUCH_FILE: BootFile = {
  kind: 'none',
  refusal: { refused: 'unknown', reason: 'there is no such file' },
  isOptional: false,
};
const STATUS: Readonly<Record<Refusal['refused'], number>> = { unknown: 404, 'not-yours': 403, over: 410 };

/** What booting machines fetch, on a listener of its own: no route of people is reachable here, none of these there. */
export function buildBootApp({ boot, bootFiles, findInTree, httpPort, log }: BootAppDeps): FastifyInstance {
  const app = Fastify({ loggerInstance: log, bodyLimit: BODY_LIMIT_BYTES, connectionTimeout: 0 });
  requireDeclaredPermissions(app);
  installErrorHandlers(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const caller = (request: FastifyRequest): Caller => callerOf(request, httpPort);

  // No HEAD for the script either: handing it out is counted.
  app.get<{ Params: { mac: string } }>(
    '/boot/ipxe/:mac',
    { ...machine, exposeHeadRoute: false },
    async (request, reply) => {
      const mac = parseMac(request.params.mac);
      if (mac === undefined) return refuse(reply, { refused: 'unknown', reason: 'that is no MAC address' });
      const script = await boot.script(mac, caller(request));
      return typeof script === 'string'
        ? reply.type('text/plain; charset=utf-8').send(script)
        : refuse(reply, script);
    },
  );

  // Whatever else a loader asks for, below the folder that it came from or below the root. No HEAD: scripts are counted.
  for (const url of ['/loaders/*', '/*']) {
    const options = { ...machine, exposeHeadRoute: false };
    app.get<{ Params: { '*': string } }>(url, options, async (request, reply) => {
      const name = logicalName(request.params['*']);
      const found = name.ok ? await bootFiles.find(name.name, caller(request)) : NO_SUCH_FILE;
      if (found.kind === 'none') return refuse(reply, found.refusal);
      if (found.kind === 'path') return sendFile(request, reply, found.path, found.delivered);
      return reply.type(found.contentType).send(found.bytes);
    });
  }

  for (const name of ['kernel', 'initrd', 'answer', 'image'] as const) {
    // No HEAD for the answer file: handing it out spends the attempt, and a HEAD gets nothing for it.
    const options = { ...machine, exposeHeadRoute: name !== 'answer' };
    app.get<{ Params: { token: string } }>(`/i/:token/${name}`, options, (request, reply) =>
      sendMachineFile(boot, request, reply, { name, token: request.params.token, caller: caller(request) }),
    );
  }

  app.route<{ Params: { token: string; stage: string } }>({
    method: ['GET', 'POST'],
    url: '/i/:token/event/:stage',
    ...machine,
    handler: async (request, reply) => {
      const { token, stage } = request.params;
      const detail = readDetail(request.body, stage === 'first-boot' ? HOST_KEYS_LIMIT : undefined);
      const refusal = await boot.report(token, stage, detail, caller(request));
      return refusal === undefined ? reply.send('ok\n') : refuse(reply, refusal);
    },
  });

  app.get<{ Params: { distro: string; '*': string } }>(
    '/trees/:distro/*',
    machine,
    async (request, reply) => {
      const path = await findInTree(request.params.distro, request.params['*']);
      if (path === undefined)
        return refuse(reply, { refused: 'unknown', reason: 'there is no such file in this tree' });
      return sendFile(request, reply, path, () => {});
    },
  );
  return app;
}

async function sendMachineFile(
  boot: BootService,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, token, caller }: { name: FileName; token: string; caller: Caller },
): Promise<FastifyReply> {
  const file = await boot.file(token, name, caller);
  if ('refused' in file) return refuse(reply, file);
  if (file.kind === 'path') return sendFile(request, reply, file.path, file.delivered);
  const bytes = Buffer.from(file.text, 'utf8');
  file.delivered({ bytes: bytes.length, total: bytes.length, ms: 0 });
  return reply.type(file.contentType).send(bytes);
}

function callerOf(request: FastifyRequest, httpPort: number): Caller {
  const address = parseIpv4(request.socket.remoteAddress ?? '');
  const own = parseIpv4(request.socket.localAddress ?? '');
  if (address === undefined || own === undefined)
    throw new Error('a booting machine came by something else than IPv4');
  const server: BootServer = { address: own, httpPort };
  return { address, server };
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return reply.status(STATUS[refusal.refused]).type('text/plain; charset=utf-8').send(`${refusal.reason}\n`);
}
