import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { AccessService } from '../../src/services/access/access.ts';
import type { AdminTls } from '../tls/admin-tls.ts';
import { accessRoutes } from './api/access.ts';
import { applyRoutes } from './api/apply.ts';
import { auditRoutes } from './api/audit.ts';
import { backupRoutes } from './api/backups.ts';
import { bulkInstallRoutes } from './api/bulk-installs.ts';
import { consoleRoutes } from './api/consoles.ts';
import { diagnosisRoutes } from './api/diagnosis.ts';
import { doctorRoutes } from './api/doctor.ts';
import { eventStreamRoutes } from './api/event-streams.ts';
import { explainRoutes } from './api/explain.ts';
import { handoffRoutes } from './api/handoffs.ts';
import { installRoutes } from './api/installs.ts';
import { inventoryRoutes } from './api/inventory.ts';
import { loaderRoutes } from './api/loaders.ts';
import { lockRoutes } from './api/locks.ts';
import { logRoutes } from './api/logs.ts';
import { metricsRoutes } from './api/metrics.ts';
import { notificationRoutes } from './api/notifications.ts';
import { bmcRoutes, powerRoutes } from './api/power.ts';
import { recordRoutes } from './api/record-routes.ts';
import { serviceRoutes } from './api/service.ts';
import type { ApiServices } from './api-services.ts';
import { installAuthentication, requireDeclaredPermissions } from './auth.ts';
import { installErrorHandlers, sendNoSuchRoute } from './errors.ts';
import { installIdempotency } from './idempotency.ts';
import { readJsonBodies } from './json-body.ts';
import { openApiRoutes } from './openapi/routes.ts';
import { pages } from './pages/pages.ts';
import { limitRates, type RateLimit, USUAL_RATE } from './rate-limit.ts';

export interface HttpAppDeps {
  readonly services: ApiServices;
  readonly access: AccessService;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  /** The folder that holds dist/pages. */
  readonly root: string;
  /** Now, in milliseconds since the epoch. */
  readonly now: () => number;
  /** How often one caller may ask; absent: as often as any site needs. */
  readonly rate?: RateLimit;
  /** How long a request may take to come; absent: as below. */
  readonly times?: RequestTimes;
  /** Addresses of proxies in front; absent: there are none, and what is forwarded is not believed. */
  readonly proxies?: readonly string[];
}

/** Largest body that people and scripts may send: a record of a machine with 64 interfaces is some kilobytes. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** Until a connection has said all headers of a request, and until the request is there whole, however slowly it drips. */
export interface RequestTimes {
  readonly headersMs: number;
  readonly requestMs: number;
}

const USUAL_TIMES: RequestTimes = { headersMs: 20_000, requestMs: 120_000 };
const CHECK_MS = 5_000;

/**
 * The API for people and scripts. It never listens itself: server/main.ts gives it the TCP address (with tokens) and,
 * built once more, the unix socket (where reaching it is the permission).
 */
export function buildHttpApp(
  {
    services,
    access,
    log,
    version,
    root,
    now,
    rate = USUAL_RATE,
    times = USUAL_TIMES,
    proxies = [],
  }: HttpAppDeps,
  trust: 'socket' | 'token',
  tls: AdminTls['options'] = null,
): FastifyInstance {
  const options = {
    loggerInstance: log,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: times.requestMs,
    connectionTimeout: 60_000,
    routerOptions: { maxParamLength: 300 },
    // Who asks, and by which scheme and host: what the proxy says of it, and nobody else.
    ...(trust === 'token' && proxies.length > 0 ? { trustProxy: [...proxies] } : {}),
  };
  // The trap: Node looks at the time of a request only where that for its headers is the shorter one, and its own is a minute.
  const server = {
    headersTimeout: times.headersMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, times.headersMs),
  };
  // The same in use, whichever way the bytes take.
  const app = (
    tls === null
      ? Fastify({ ...options, http: server })
      : Fastify({ ...options, https: { ...tls, ...server } })
  ) as FastifyInstance;
  // Records are JSON; text would get as far as the schemas and be refused with the wrong reason.
  app.removeContentTypeParser('text/plain');
  readJsonBodies(app);
  requireDeclaredPermissions(app);
  installErrorHandlers(app);
  if (trust === 'token') limitRates(app, rate, now, 'address');
  installAuthentication(app, access, trust);
  if (trust === 'token') limitRates(app, rate, now, 'caller');
  installIdempotency(app, services.idempotency);
  // A browser cannot reach the socket, and what forwards it would carry no proof of who sits before the form.
  if (trust === 'token') pages(app, { root, services, access, now, version });
  else app.setNotFoundHandler(sendNoSuchRoute);
  openApiRoutes(app, version);
  serviceRoutes(app, services, access);
  accessRoutes(app, access);
  auditRoutes(app, access);
  recordRoutes(app, 'distros', services.distros);
  recordRoutes(app, 'profiles', services.profiles);
  recordRoutes(app, 'subnets', services.subnets);
  recordRoutes(app, 'systems', services.systems);
  applyRoutes(app, services);
  installRoutes(app, services);
  bulkInstallRoutes(app, services);
  logRoutes(app, services);
  lockRoutes(app, services);
  loaderRoutes(app, services);
  doctorRoutes(app, services);
  powerRoutes(app, services);
  bmcRoutes(app, services);
  consoleRoutes(app, services);
  inventoryRoutes(app, services);
  eventStreamRoutes(app, services);
  diagnosisRoutes(app, services);
  explainRoutes(app, services);
  handoffRoutes(app, services);
  notificationRoutes(app, services);
  backupRoutes(app, services);
  metricsRoutes(app, services);
  return app;
}
