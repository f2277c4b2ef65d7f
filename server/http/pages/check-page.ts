import type { FastifyInstance } from 'fastify';
import type { RecordChecks, ValueCheck } from '../../../src/services/record-checks.ts';
import { actorFrom } from '../auth.ts';
import { linkTo } from './form/place-problems.ts';
import { SYSTEM_TEXTS } from './form/system-fields.ts';
import { type Form, formOf, type PageKit, type PageView, sendPage } from './page-kit.ts';
import { visibilityFor } from './subnets-page.ts';

/**
 * What is said below a field while it is filled in: a part of a page, asked for by the form's script. It is a POST as the
 * whole form comes with it, which may hold secrets, and addresses are written to logs.
 */
export function checkPage(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'operate', scope: 'selection' } as const;
  app.post<{ Querystring: { field?: string } }>('/check-system', { config }, async (request, reply) => {
    const form = formOf(request);
    const path = request.query.field ?? '';
    const isVisible = await visibilityFor(kit, actorFrom(request));
    const found = await checkOf(kit.services.checks, path, form);
    const model = { path, ...shownOf(found, isVisible) };
    const page: PageView = { view: 'check.njk', title: 'Check', section: 'systems', model };
    return sendPage(kit, request, reply, page);
  });
}

/** Whose a value is only those are told who may know of the system. */
function shownOf(check: ValueCheck | null, isVisible: (system: string) => boolean) {
  const link = check?.holder == null ? null : linkTo(check.holder.holder);
  const system = /\bsystem (\S+)/.exec(check?.holder?.holder ?? '')?.[1];
  if (check === null || system === undefined || isVisible(system)) return { check, link };
  return { check: { ...check, says: 'taken by a system outside your scope' }, link: null };
}

async function checkOf(checks: RecordChecks, path: string, form: Form): Promise<ValueCheck | null> {
  const text = form[path]?.trim() ?? '';
  const system = form['_name'] === undefined || form['_name'] === '' ? null : form['_name'];
  if (text === '') return null;
  switch (SYSTEM_TEXTS[path.replace(/\.\d+\./, '.*.')]?.check) {
    case 'name':
      return checks.name(text, system);
    case 'mac':
      return checks.mac(text, system);
    case 'address': {
      const wanted = form[path.replace(/ip$/, 'subnet')] ?? '';
      return checks.address(text, wanted === '' ? null : wanted, system);
    }
    case 'bmc-address':
      return checks.bmcAddress(text, system);
    default:
      return null;
  }
}
