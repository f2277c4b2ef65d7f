import type { FastifyInstance } from 'fastify';
import type { Actor } from '../../../src/services/deps.ts';
import type { CheckAbout, RecordChecks, ValueCheck } from '../../../src/services/records/record-checks.ts';
import { actorFrom } from '../auth.ts';
import { linkTo } from './form/place-problems.ts';
import { SYSTEM_TEXTS } from './form/system-fields.ts';
import { type Form, formOf, type PageKit, type PageView, sendPage } from './page-kit.ts';

/**
 * What is said below a field while it is filled in: a part of a page, asked for by the form's script. It is a POST as the
 * whole form comes with it, which may hold secrets, and addresses are written to logs.
 */
export function checkPage(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'operate', scope: 'selection' } as const;
  app.post<{ Querystring: { field?: string } }>('/check-system', { config }, async (request, reply) => {
    const path = request.query.field ?? '';
    const check = await checkOf(kit.services.checks, path, formOf(request), actorFrom(request));
    const link = check?.holder == null ? null : linkTo(check.holder.holder);
    const model = { path, check, link };
    const page: PageView = { view: 'check.njk', title: 'Check', section: 'systems', model };
    return sendPage(kit, request, reply, page);
  });
}

/** Fields that hold a machine's addresses. */
const ADDRESSES = /^interfaces\.\d+\.(ip|addresses)$|^bmc\.address$/;
const MACS = /^interfaces\.\d+\.mac$/;

async function checkOf(
  checks: RecordChecks,
  path: string,
  form: Form,
  actor: Actor,
): Promise<ValueCheck | null> {
  const text = form[path]?.trim() ?? '';
  if (text === '') return null;
  const system = form['_name'] === undefined || form['_name'] === '' ? null : form['_name'];
  const about: CheckAbout = { system, actor, others: [], isShared: false };
  const beside = (field: string) => form[path.replace(/[^.]+$/, field)] ?? '';
  switch (SYSTEM_TEXTS[path.replace(/\.\d+\./, '.*.')]?.check) {
    case 'name':
      return checks.name(text, about);
    case 'mac': {
      const isShared = beside('sharedMac') === 'on';
      return checks.mac(text, { ...about, others: othersIn(form, path, MACS), isShared });
    }
    case 'address': {
      const subnet = beside('subnet') === '' ? null : beside('subnet');
      const others = othersIn(form, path, ADDRESSES);
      return checks.address(text, { ...about, others, subnet, mac: beside('mac') });
    }
    case 'bmc-address': {
      const isShared = beside('shared') === 'on';
      return checks.bmcAddress(text, { ...about, others: othersIn(form, path, ADDRESSES), isShared });
    }
    default:
      return null;
  }
}

/** What stands in the other fields of a kind. */
function othersIn(form: Form, path: string, fields: RegExp): string[] {
  return Object.entries(form).flatMap(([key, text]) =>
    key !== path && fields.test(key) ? text.split(/\s+/).filter((word) => word !== '') : [],
  );
}

/** The addresses that stand in a form. */
export function addressesIn(form: Form): string[] {
  return othersIn(form, '', ADDRESSES);
}
