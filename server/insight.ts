import type { Logger } from 'pino';
import { diagnosisService } from '../src/services/diagnosis/service.ts';
import { eventFeed } from '../src/services/event-feed.ts';
import type { EventService } from '../src/services/events.ts';
import { type ExplainSources, explainService } from '../src/services/explain/service.ts';
import type { OtherServers } from '../src/services/other-servers.ts';
import type { Strangers } from '../src/services/strangers.ts';
import type { ApiServices } from './http/api-services.ts';

export interface InsightParts extends Omit<ExplainSources, 'strangers'> {
  readonly log: Logger;
  readonly events: EventService;
  readonly otherServers: Pick<OtherServers, 'list'>;
  readonly strangers: Strangers;
}

/** What lets people see into an install: events as they come, what is missing, what a machine would get. */
export function openInsight(parts: InsightParts): Pick<ApiServices, 'feed' | 'diagnosis' | 'explain'> {
  const { deps, log, dhcp } = parts;
  const { httpPort, ownAddresses } = dhcp;
  return {
    feed: eventFeed(deps, (err) => log.error({ err }, 'a stream of events was ended')),
    diagnosis: diagnosisService(deps, { ...parts, httpPort, ownAddresses }),
    explain: explainService(parts),
  };
}
