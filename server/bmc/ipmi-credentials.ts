import type { BmcTarget } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { bmcKey, passwordKey, userName } from '../../src/ipmi/keys.ts';
import { UnencodableMessage } from '../../src/ipmi/malformed.ts';

export interface IpmiCredentials {
  readonly user: Buffer;
  /** 20 bytes, or 16 for IPMI 1.5. */
  readonly password: Buffer;
  readonly kg: Buffer | undefined;
}

/** Keys and name as they go over the wire. Throws BmcError where one is too long for IPMI: nothing is cut. */
export function credentials({ user, password, kg, protocol }: BmcTarget): IpmiCredentials {
  try {
    return {
      user: userName(user),
      password: passwordKey(password?.reveal() ?? '', protocol),
      kg: kg === null ? undefined : bmcKey(kg.reveal()),
    };
  } catch (error) {
    if (error instanceof UnencodableMessage) throw new BmcError('wrong-credentials', error.message);
    throw error;
  }
}
