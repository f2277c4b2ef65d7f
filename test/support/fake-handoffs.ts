import type { HandoffDefinition } from '../../src/domain/handoff/handoff-definition.ts';
import { handoffDefinition } from '../../src/domain/handoff/handoff-definition.ts';
import type { Deps } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { HandoffOrder, HandoffOutcome, SshAnswer, SshNeed } from '../../src/services/handoff/driver.ts';
import type { SshQuestion } from '../../src/services/handoff/handoff-deps.ts';
import { type HandoffService, handoffService } from '../../src/services/handoff/handoff-service.ts';
import type { FakeClock } from './fake-clock.ts';

/** Hand-offs whose machines and programs are what a test says. */
export interface FakeHandoffs {
  readonly definitions: Record<string, HandoffDefinition>;
  /** Why definitions cannot be used, by name of the driver's playbook or URL; none unless a test says so. */
  problems: string[];
  need: SshNeed;
  maxConcurrent: number;
  /** Asked in turn; the last one stays. */
  answers: SshAnswer[];
  outcomes: (HandoffOutcome | Promise<HandoffOutcome> | (() => Promise<HandoffOutcome>))[];
  /** What was asked for. */
  readonly probes: SshQuestion[];
  readonly orders: HandoffOrder<HandoffDefinition>[];
  readonly errors: unknown[];
  readonly logs: Map<number, string>;
  /** A service on the same database, as after a restart. */
  open(): HandoffService;
}

export const DONE: HandoffOutcome = { failure: null, message: '2 tasks changed something', changed: 2 };

/** A definition with everything that may be left out left out. */
export function ansibleDefinition(more: object = {}): HandoffDefinition {
  const least = { driver: 'ansible', playbook: '/srv/site.yml', privateKeyFile: '/srv/key' };
  return handoffDefinition.parse({ ...least, ...more });
}

export function createFakeHandoffs(deps: Deps, events: EventService, clock: FakeClock): FakeHandoffs {
  const next = <T>(list: T[], fallback: T): T => (list.length > 1 ? list.shift() : list[0]) ?? fallback;
  const fake: FakeHandoffs = {
    definitions: { base: ansibleDefinition() },
    problems: [],
    need: 'login',
    maxConcurrent: 10,
    answers: [{ kind: 'open' }],
    outcomes: [DONE],
    probes: [],
    orders: [],
    errors: [],
    logs: new Map(),
    open: () =>
      handoffService({
        deps,
        clock,
        record: events.record,
        definitions: () => fake.definitions,
        maxConcurrent: () => fake.maxConcurrent,
        ready: async () => {},
        onError: (error) => fake.errors.push(error),
        probe: async (question) => {
          fake.probes.push(question);
          return next(fake.answers, { kind: 'open' });
        },
        driverOf: ({ driver }) => ({
          needs: () => fake.need,
          canCheck: driver === 'ansible',
          about: async () => 'a fake',
          problems: async () => fake.problems,
          run: (order, signal) => {
            fake.orders.push(order);
            order.log(`TASK [${order.phase}]\n`);
            return new Promise((resolve, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason), { once: true });
              const outcome = next(fake.outcomes, DONE);
              Promise.resolve(typeof outcome === 'function' ? outcome() : outcome).then(resolve, reject);
            });
          },
        }),
        logs: {
          open: async (id) => ({
            write: (text) => fake.logs.set(id, `${fake.logs.get(id) ?? ''}${text}`),
            close: async () => {},
          }),
          read: async (id, from) => {
            const text = (fake.logs.get(id) ?? '').slice(from);
            return { text, next: from + text.length };
          },
          prune: async () => {},
        },
      }),
  };
  return fake;
}
