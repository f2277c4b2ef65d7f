import type {
  DefinitionOf,
  HandoffDefinition,
  HandoffDriverName,
} from '../../src/domain/handoff/handoff-definition.ts';
import type { HandoffDriver } from '../../src/services/handoff/driver.ts';
import { type AnsibleParts, createAnsibleDriver } from './ansible-driver.ts';
import { createPuppetDriver, type PuppetParts } from './puppet-driver.ts';
import { createWebhookDriver, type WebhookParts } from './webhook-driver.ts';

/** The driver of a definition; one for each member of the union in src/domain/handoff/handoff-definition.ts. */
export function createDrivers(
  parts: AnsibleParts & PuppetParts & WebhookParts,
): (definition: HandoffDefinition) => HandoffDriver<HandoffDefinition> {
  const drivers: { readonly [Name in HandoffDriverName]: HandoffDriver<DefinitionOf<Name>> } = {
    ansible: createAnsibleDriver(parts),
    puppet: createPuppetDriver(parts),
    webhook: createWebhookDriver(parts),
  };
  // A driver is only ever given definitions that name it, which the types cannot say.
  return ({ driver }) => drivers[driver] as unknown as HandoffDriver<HandoffDefinition>;
}
