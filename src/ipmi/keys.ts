import { createHmac } from 'node:crypto';
import type { CipherSuite } from './cipher-suites.ts';
import { UnencodableMessage } from './malformed.ts';

/** Bytes of a password in IPMI 2.0 and 1.5, and of the BMC key KG (IPMI 2.0 §13.33, §22.30). */
const PASSWORD_BYTES_MAX = { '2.0': 20, '1.5': 16 } as const;
const KG_BYTES = 20;
const USER_BYTES_MAX = 16;

/** A password as key K[UID]. Throws UnencodableMessage where it is too long: a BMC would keep its beginning only. */
export function passwordKey(password: string, protocol: '2.0' | '1.5'): Buffer {
  return keyOf(password, PASSWORD_BYTES_MAX[protocol], `the password, which IPMI ${protocol} takes`);
}

/** The BMC key KG out of text, or out of `0x` and hex digits. Throws UnencodableMessage where it is too long. */
export function bmcKey(kg: string): Buffer {
  const digits = /^0x((?:[0-9a-f]{2}){1,20})$/i.exec(kg)?.[1];
  if (digits !== undefined) return Buffer.concat([Buffer.from(digits, 'hex')], KG_BYTES);
  return keyOf(kg, KG_BYTES, 'the BMC key (KG), which IPMI takes');
}

/** A user name as it goes over the wire. Throws UnencodableMessage where it is longer than 16 bytes. */
export function userName(user: string): Buffer {
  const bytes = Buffer.from(user, 'utf8');
  if (bytes.length > USER_BYTES_MAX)
    throw new UnencodableMessage(
      `the user name has ${bytes.length} bytes; IPMI takes at most ${USER_BYTES_MAX}`,
    );
  return bytes;
}

function keyOf(text: string, max: number, what: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > max)
    throw new UnencodableMessage(`${what} up to ${max} bytes of, has ${bytes.length} bytes`);
  return Buffer.concat([bytes], max);
}

/** What both sides know after RAKP 2 and what all keys are made of. */
export interface RakpFacts {
  /** SIDm: the console's session ID, chosen by us. */
  readonly consoleId: number;
  /** SIDc: the BMC's session ID. */
  readonly bmcId: number;
  /** Rm, 16 bytes. */
  readonly consoleRandom: Buffer;
  /** Rc, 16 bytes. */
  readonly bmcRandom: Buffer;
  /** GUIDc, 16 bytes. */
  readonly bmcGuid: Buffer;
  /** ROLEm, as it was sent with RAKP 1: the whole byte. */
  readonly role: number;
  /** UNAMEm. */
  readonly user: Buffer;
}

/** IPMI 2.0 §13.31: HMAC_K[UID](SIDm | SIDc | Rm | Rc | GUIDc | ROLEm | ULENGTHm | UNAMEm) */
export function rakp2Code(suite: CipherSuite, password: Buffer, facts: RakpFacts): Buffer {
  const ids = Buffer.allocUnsafe(8);
  ids.writeUInt32LE(facts.consoleId, 0);
  ids.writeUInt32LE(facts.bmcId, 4);
  return createHmac(suite.hash, password)
    .update(Buffer.concat([ids, facts.consoleRandom, facts.bmcRandom, facts.bmcGuid, roleAndName(facts)]))
    .digest();
}

/** IPMI 2.0 §13.31: HMAC_K[UID](Rc | SIDm | ROLEm | ULENGTHm | UNAMEm) */
export function rakp3Code(suite: CipherSuite, password: Buffer, facts: RakpFacts): Buffer {
  const id = Buffer.allocUnsafe(4);
  id.writeUInt32LE(facts.consoleId, 0);
  return createHmac(suite.hash, password)
    .update(Buffer.concat([facts.bmcRandom, id, roleAndName(facts)]))
    .digest();
}

/** IPMI 2.0 §13.31: SIK = HMAC_KG(Rm | Rc | ROLEm | ULENGTHm | UNAMEm); without a KG, K[UID] is the key. */
export function sessionIntegrityKey(suite: CipherSuite, key: Buffer, facts: RakpFacts): Buffer {
  return createHmac(suite.hash, key)
    .update(Buffer.concat([facts.consoleRandom, facts.bmcRandom, roleAndName(facts)]))
    .digest();
}

/** IPMI 2.0 §13.31: HMAC_SIK(Rm | SIDc | GUIDc), cut to the length of the suite's authentication codes. */
export function rakp4Code(suite: CipherSuite, sik: Buffer, facts: RakpFacts): Buffer {
  const id = Buffer.allocUnsafe(4);
  id.writeUInt32LE(facts.bmcId, 0);
  return createHmac(suite.hash, sik)
    .update(Buffer.concat([facts.consoleRandom, id, facts.bmcGuid]))
    .digest()
    .subarray(0, suite.authCodeBytes);
}

/** The keys of a session (IPMI 2.0 §13.32). */
export interface SessionKeys {
  /** K1, for integrity: a whole HMAC. */
  readonly integrity: Buffer;
  /** K2, for confidentiality: the first 16 bytes, as AES-128 takes. */
  readonly confidentiality: Buffer;
}

/** IPMI 2.0 §13.32: 20 bytes 01h and 20 bytes 02h, whatever the hash. */
const CONST_1 = Buffer.alloc(20, 0x01);
const CONST_2 = Buffer.alloc(20, 0x02);
const AES_KEY_BYTES = 16;

/** Makes K1 and K2 out of the session integrity key. */
export function sessionKeys(suite: CipherSuite, sik: Buffer): SessionKeys {
  return {
    integrity: createHmac(suite.hash, sik).update(CONST_1).digest(),
    confidentiality: createHmac(suite.hash, sik).update(CONST_2).digest().subarray(0, AES_KEY_BYTES),
  };
}

function roleAndName({ role, user }: RakpFacts): Buffer {
  return Buffer.concat([Buffer.from([role, user.length]), user]);
}
