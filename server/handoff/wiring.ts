import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../src/config.ts';
import type { NewBootEvent } from '../../src/domain/boot/boot-event.ts';
import type { HandoffDefinition } from '../../src/domain/handoff/handoff-definition.ts';
import type { Deps } from '../../src/services/deps.ts';
import { LOCAL } from '../../src/services/deps.ts';
import type { EventService } from '../../src/services/events/events.ts';
import type { SshQuestion } from '../../src/services/handoff/handoff-deps.ts';
import { type HandoffService, handoffService } from '../../src/services/handoff/handoff-service.ts';
import { inventoryFacts } from '../../src/services/handoff/inventory-facts.ts';
import type { InventoryService } from '../../src/services/systems/inventory.ts';
import { createClock } from '../bmc/clock.ts';
import { createDrivers } from './drivers.ts';
import { endLeftovers } from './leftovers.ts';
import { openPuppet, type Puppet } from './puppet-wiring.ts';
import { removeRunFolders } from './run-folder.ts';
import { createRunLogs } from './run-log.ts';
import { probeSsh, type SshLogin } from './ssh-probe.ts';

export interface HandoffParts {
  readonly deps: Deps;
  readonly events: EventService;
  /** As it is now: a reload changes the definitions. */
  readonly config: () => Config;
  readonly dataDir: string;
  readonly log: Logger;
  readonly inventory: InventoryService;
  readonly tokenOf: (installId: number) => string | undefined;
}

/** Hand-offs, and what the rest of the service needs of one to Puppet. */
export interface Handoffs extends HandoffService {
  /** Hears of everything that happens. */
  notice(event: NewBootEvent): void;
  readonly puppetFacts: Puppet['facts'];
}

/** Hand-offs as the configuration wants them. */
export function openHandoffs({
  deps,
  events,
  config,
  dataDir,
  log,
  inventory,
  tokenOf,
}: HandoffParts): Handoffs {
  const puppet = openPuppet({ deps, events, config, log, tokenOf });
  const folder = join(dataDir, 'handoffs');
  const factsOf = async (system: string) =>
    inventoryFacts(await inventory.ansible({ system: [system] }, LOCAL), system);
  // Two services on one machine must not end each other's programs.
  const markBegin = `${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}-`;
  // And a keeper that a service before this one has left must not end what this one has begun.
  const nonce = deps.randomBytes(6).toString('hex');
  const markOf = (id: number): string => `${markBegin}${nonce}-${id}.`;
  const program = (): string => config().handoff.ansiblePlaybook;
  const clock = createClock(deps.now);
  let cleaned: Promise<void> = Promise.resolve();
  const clean = async (): Promise<void> => {
    const ended = await endLeftovers(markBegin);
    if (ended > 0) log.warn({ ended }, 'ended programs of hand-offs that a service before this one has left');
    await removeRunFolders(folder);
  };
  const service = handoffService({
    deps,
    clock,
    record: events.record,
    definitions: () => config().handoff.definitions,
    maxConcurrent: () => config().handoff.maxConcurrent,
    driverOf: createDrivers({ folder, program, markOf, inventory: factsOf, now: deps.now, clock, ...puppet }),
    ready: () => cleaned,
    probe: ({ id, target, need, definition }: SshQuestion, signal) => {
      const login = need === 'login' ? loginOf(definition) : null;
      return probeSsh({ target, login, folder, name: `${id}-ssh`, mark: markOf(id) }, signal);
    },
    logs: createRunLogs(folder, (error) =>
      log.error({ err: error }, 'the log of a hand-off cannot be written'),
    ),
    onError: (error, what) => log.error({ err: error, what }, 'a hand-off failed by our own fault'),
  });
  return {
    ...service,
    notice: puppet.notice,
    puppetFacts: puppet.facts,
    async stop() {
      await service.stop();
      await puppet.stop();
    },
    async resume() {
      cleaned = clean();
      await cleaned;
      await service.resume();
      for (const { name, problems } of await service.examine())
        if (problems.length > 0) log.warn({ handoff: name, problems }, 'a hand-off cannot be used');
    },
  };
}

/** Who logs in, where the definition says so. */
function loginOf(definition: HandoffDefinition): SshLogin | null {
  if (!('privateKeyFile' in definition)) return null;
  const { user, privateKeyFile } = definition;
  return { user, privateKeyFile };
}
