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
