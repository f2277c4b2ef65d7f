import type { InterfaceIdentity } from '../../domain/network/binding-key.ts';
import type { Ipv4 } from '../../domain/network/ipv4.ts';
import type { InterfaceShape } from '../../domain/network/network-interface.ts';

/** What is written of an interface; what is left out is as on a plain card. */
export interface InterfaceWrite extends InterfaceIdentity, Partial<InterfaceShape> {
  readonly name: string;
  readonly ip: Ipv4 | null;
  readonly addresses?: readonly Ipv4[];
  readonly sharedAddresses?: readonly Ipv4[];
}
