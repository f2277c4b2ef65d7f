import { formatIpv4, type Ipv4 } from '../domain/network/ipv4.ts';
import type { DhcpClient } from './client.ts';
import type { Decision, SilenceCode } from './decision.ts';
import type { BootTarget, DhcpFacts, DhcpSubnet } from './facts.ts';

/** All that a decision depends on, once the subnet is known to be there and on. */
export interface Situation {
  readonly client: DhcpClient;
  readonly facts: DhcpFacts;
  readonly subnet: DhcpSubnet;
  readonly target: BootTarget;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Saying nothing, and why. */
export function silent(code: SilenceCode, reason: string): Decision {
  return { kind: 'silent', code, reason };
}

/** By which address this client is to know us: the relay's wish, RFC 5107 §4, else our own. */
export function serverIdFor({ serverIdOverride }: DhcpClient, { serverId }: DhcpFacts): Ipv4 {
  return serverIdOverride ?? serverId;
}

/** The server that option 54 names and ourselves, in words, if that is not us; undefined if it is us or nobody. */
export function findOtherServer({ client, facts }: Pick<Situation, 'client' | 'facts'>): string | undefined {
  const named = client.serverId;
  const ours = serverIdFor(client, facts);
  if (named === undefined || named === ours || named === facts.serverId) return undefined;
  return `${formatIpv4(named)}, this is ${formatIpv4(ours)}`;
}
