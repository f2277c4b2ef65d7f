import { readFile } from 'node:fs/promises';
import type { DefinitionOf } from '../../src/domain/handoff/handoff-definition.ts';
import { printable } from '../../src/domain/printable.ts';
import type { HandoffDriver, HandoffOrder, HandoffOutcome } from '../../src/services/handoff/driver.ts';
import type { InventoryFacts } from '../../src/services/handoff/inventory-facts.ts';
import { postSigned } from '../net/post-signed.ts';
import { secretFileProblem } from './definition-files.ts';

export interface WebhookParts {
  readonly now: () => number;
  readonly inventory: (system: string) => Promise<InventoryFacts>;
}

type Definition = DefinitionOf<'webhook'>;

/** Statuses that say "later" although they are the sender's to mend by their class (RFC 9110 §15.5.9, RFC 6585 §4). */
const LATER = [408, 425, 429];

/** The driver `webhook`: one signed POST; any status of 2xx is success. */
export function createWebhookDriver(parts: WebhookParts): HandoffDriver<Definition> {
  return {
    needs: ({ awaitSsh }) => (awaitSsh ? 'host-key' : 'nothing'),
    canCheck: false,
    about: async ({ url }) => new URL(url).host,
    async problems({ secretFile }) {
      const problem = await secretFileProblem('secretFile', secretFile);
      if (problem !== undefined) return [problem];
      const secret = (await readFile(secretFile, 'utf8')).trim();
      return secret.length < 16 ? [`secretFile ${secretFile} holds less than 16 characters`] : [];
    },
    async run(order, signal) {
      const { definition, log } = order;
      const secret = (await readFile(definition.secretFile, 'utf8')).trim();
      const body = JSON.stringify(bodyOf(order, await parts.inventory(order.target.system)));
      log(`POST ${definition.url} (${Buffer.byteLength(body)} bytes)\n`);
      const outcome = await post(
        { definition, body, secret, unixSeconds: Math.floor(parts.now() / 1000) },
        { signal, log },
      );
      log(`${outcome.message}\n`);
      return outcome;
    },
  };
}

function bodyOf({ handoff, target }: HandoffOrder<Definition>, facts: InventoryFacts): object {
  return {
    event: 'handoff',
    id: handoff.id,
    handoff: handoff.definition,
    system: target.system,
    install: handoff.install,
    address: target.address === '' ? null : target.address,
    hostKeys: target.hostKeys,
    groups: facts.groups,
    vars: facts.vars,
  };
}

interface Post {
  readonly definition: Definition;
  readonly body: string;
  readonly secret: string;
  readonly unixSeconds: number;
}

async function post(
  { definition, ...post }: Post,
  { signal, log }: { signal: AbortSignal; log: HandoffOrder<Definition>['log'] },
): Promise<HandoffOutcome> {
  try {
    const { url, timeoutSeconds } = definition;
    const { ok, status, text } = await postSigned({ url, timeoutSeconds, ...post }, signal);
    if (text !== '') log(`${text}\n`);
    const message = `HTTP ${status}`;
    if (ok) return { failure: null, message: `the receiver took it (${message})`, changed: null };
    const isLater = status >= 500 || LATER.includes(status);
    return { failure: isLater ? 'webhook-failed' : 'webhook-refused', message, changed: null };
  } catch (error) {
    signal.throwIfAborted();
    return { failure: 'webhook-failed', message: printable((error as Error).message), changed: null };
  }
}
