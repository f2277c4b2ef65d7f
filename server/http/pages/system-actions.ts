import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, invalid } from '../../../src/domain/errors.ts';
import { POWER_ACTIONS } from '../../../src/domain/power/power.ts';
import type { Actor } from '../../../src/services/deps.ts';
import { actorFrom } from '../auth.ts';
import type { DONE_TEXTS } from './done-texts.ts';
import { type Form, formOf, type PageKit, seeOther, systemPath } from './page-kit.ts';
import { type Named, sendSystem } from './system-page.ts';

type Done = keyof typeof DONE_TEXTS;
type Work = (name: string, form: Form, actor: Actor) => Promise<Done>;

/** What the buttons of a system's page do. A refusal is shown on the page itself. */
export function systemActions(app: FastifyInstance, kit: PageKit): void {
  const config = { permission: 'operate', scope: 'system' } as const;
  const { power, installs, locks, systems } = kit.services;
  const action = (path: string, work: Work): void => {
    app.post<Named>(`/systems/:name/${path}`, { config }, (request, reply) =>
      perform(kit, request, reply, path, work),
    );
  };

  action('power', async (name, form, actor) => {
    const { action: wanted = '' } = form;
    if (wanted === 'status') {
      const { state, reason, hint } = await power.states.get(name);
      if (state === 'unknown' && reason !== null)
        throw new DomainError('bmc-failed', reason, hint === null ? {} : { hint });
      return 'asked';
    }
    if (!(POWER_ACTIONS as readonly string[]).includes(wanted))
      throw invalid([{ path: 'action', message: 'is no order' }]);
    const { items } = await power.jobs.request({ action: wanted, systems: [name] }, actor);
    const refused = items.find((item) => item.refused !== null)?.refused;
    if (refused != null) throw new DomainError('wrong-state', refused.detail, { hint: refused.hint });
    return 'power';
  });
  action('install', async (name, form, actor) => {
    refuseUnconfirmed(name, form);
    await installs.arm(
      name,
      {
        attempts: Number(form['attempts'] ?? '1'),
        power: form['power'] === 'on',
        cycle: form['cycle'] === 'on',
        allowAddressInUse: form['allowAddressInUse'] === 'on',
        yesWipe: name,
      },
      actor,
    );
    return 'install';
  });
  action('cancel', async (name, _form, actor) => {
    await installs.cancel(name, actor);
    return 'cancelled';
  });
  action('lock', async (name, form, actor) => {
    await locks.lock(name, { reason: form['reason'] ?? '' }, actor);
    return 'locked';
  });
  action('unlock', async (name, _form, actor) => {
    await locks.unlock(name, actor);
    return 'unlocked';
  });
  action('remove', async (name, form, actor) => {
    refuseUnconfirmed(name, form);
    await systems.remove(name, actor);
    return 'removed';
  });
}

async function perform(
  kit: PageKit,
  request: FastifyRequest<Named>,
  reply: FastifyReply,
  path: string,
  work: Work,
): Promise<FastifyReply> {
  const form = formOf(request);
  const { name } = request.params;
  try {
    const done = await work(name, form, actorFrom(request));
    return seeOther(reply, done === 'removed' ? '/systems' : systemPath(name), done);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'not-found') throw error;
    return sendSystem(kit, request, reply, name, { path, form, error });
  }
}

/** What cannot be undone is confirmed by the name of the system. Throws DomainError 'invalid'. */
function refuseUnconfirmed(name: string, form: Form): void {
  if ((form['confirm'] ?? '').trim() === name) return;
  throw invalid([
    { path: 'confirm', message: `type the name of the system, ${name}, to say that you mean it` },
  ]);
}
