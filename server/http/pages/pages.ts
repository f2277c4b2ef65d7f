import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AccessService } from '../../../src/services/access/access.ts';
import { assetRoutes, openAssets } from './assets.ts';
import { auditPages } from './audit-page.ts';
import { checkPage } from './check-page.ts';
import { formPages } from './form-page.ts';
import { loginPages } from './login-page.ts';
import { installPageErrors, installPageNotFound } from './page-errors.ts';
import type { PageKit } from './page-kit.ts';
import { parseForm } from './parse-form.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { subnetsPages } from './subnets-page.ts';
import { systemActions } from './system-actions.ts';
import { systemPage } from './system-page.ts';
import { systemsPage } from './systems-page.ts';
import { openViews } from './views.ts';

export interface PagesParts extends Omit<PageKit, 'views'> {
  readonly access: Pick<AccessService, 'sessions' | 'users' | 'audit'>;
  /** The folder that holds dist/pages, which the build makes. */
  readonly root: string;
}

/** The pages for people, in a context of their own: their errors are pages, and only they read forms. */
export function pages(app: FastifyInstance, { root, access, ...parts }: PagesParts): void {
  const folder = join(root, 'dist/pages');
  const assets = openAssets(folder);
  const kit: PageKit = { ...parts, views: openViews(folder, assets) };
  installPageNotFound(app, kit, access.sessions);
  app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(SECURITY_HEADERS);
    });
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, parseForm(String(body))),
    );
    installPageErrors(scope, kit);
    assetRoutes(scope, assets);
    scope.get('/', { config: { permission: 'public', scope: 'none' } }, (_request, reply) =>
      reply.redirect('/systems', 303),
    );
    systemsPage(scope, kit);
    systemPage(scope, kit);
    systemActions(scope, kit);
    formPages(scope, kit);
    checkPage(scope, kit);
    subnetsPages(scope, kit);
    auditPages(scope, kit, access.audit);
    loginPages(scope, kit, access);
  });
}
