import type { Logger } from 'pino';
import type { OtherServers } from '../src/services/dhcp/other-servers.ts';
import type { Strangers } from '../src/services/dhcp/strangers.ts';
import { diagnosisService } from '../src/services/diagnosis/service.ts';
import { eventFeed } from '../src/services/events/event-feed.ts';
import type { EventService } from '../src/services/events/events.ts';
import { type ExplainSources, explainService } from '../src/services/explain/service.ts';
import { recordChecks } from '../src/services/records/record-checks.ts';
import { subnetAddresses } from '../src/services/subnets/subnet-addresses.ts';
import { effectiveValues } from '../src/services/systems/effective-values.ts';
import type { ApiServices } from './http/api-services.ts';

export interface InsightParts extends Omit<ExplainSources, 'strangers'> {
  readonly log: Logger;
  readonly events: EventService;
  readonly otherServers: Pick<OtherServers, 'list'>;
  readonly strangers: Strangers;
}

/**
 * What lets people see: events as they come, what is missing in an install, what a machine would get, and whether what
 * they type can be had.
 */
export function openInsight(
  parts: InsightParts,
): Pick<ApiServices, 'feed' | 'diagnosis' | 'explain' | 'checks' | 'effective' | 'addresses'> {
  const { deps, log, dhcp } = parts;
  const { httpPort, ownAddresses } = dhcp;
  return {
    feed: eventFeed(deps, (err) => log.error({ err }, 'a stream of events was ended')),
    diagnosis: diagnosisService(deps, { ...parts, httpPort, ownAddresses }),
    explain: explainService(parts),
    checks: recordChecks(deps, ownAddresses),
    effective: effectiveValues(deps),
    addresses: subnetAddresses(deps),
  };
}
