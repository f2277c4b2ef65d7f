/** Algorithms of one cipher suite (IPMI 2.0 §22.15.2) that is safe to use. */
export interface CipherSuite {
  readonly id: 3 | 17;
  /** Number of the authentication algorithm (IPMI 2.0 §13.28). */
  readonly authentication: number;
  /** Number of the integrity algorithm (IPMI 2.0 §13.28.4). */
  readonly integrity: number;
  /** Number of the confidentiality algorithm (IPMI 2.0 §13.28.5): AES-CBC-128. */
  readonly confidentiality: number;
  /** Node's name of the hash. */
  readonly hash: 'sha1' | 'sha256';
  /** Bytes of a whole HMAC, as in RAKP 2 and 3. */
  readonly hashBytes: number;
  /** Bytes of a cut HMAC, as in RAKP 4 and behind each packet. */
  readonly authCodeBytes: number;
}

export type CipherSuiteId = CipherSuite['id'];

/** All others are weaker (0 lets anybody in, 1 and 2 do not encrypt, 6 to 14 use MD5 and RC4), so they are not here. */
export const CIPHER_SUITES: Readonly<Record<CipherSuiteId, CipherSuite>> = {
  // RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128
  3: {
    id: 3,
    authentication: 0x01,
    integrity: 0x01,
    confidentiality: 0x01,
    hash: 'sha1',
    hashBytes: 20,
    authCodeBytes: 12,
  },
  // RAKP-HMAC-SHA256, HMAC-SHA256-128, AES-CBC-128
  17: {
    id: 17,
    authentication: 0x03,
    integrity: 0x04,
    confidentiality: 0x01,
    hash: 'sha256',
    hashBytes: 32,
    authCodeBytes: 16,
  },
};

/** The order in which suites are tried where nothing is known: the BMC is told one at a time, never a list. */
export const SUITE_ORDER: readonly CipherSuiteId[] = [17, 3];
