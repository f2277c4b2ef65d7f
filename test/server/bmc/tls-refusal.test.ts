import { describe, expect, it } from 'vitest';
import { connectionError, untrusted } from '../../../server/bmc/tls-refusal.ts';
import { BmcError, type BmcFailure } from '../../../src/domain/power/bmc-error.ts';

describe('a connection that failed', () => {
  const codes: [string, BmcFailure, string][] = [
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'unsupported', 'TLS 1.0 or 1.1'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'unsupported', 'TLS 1.0 or 1.1'],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'unsupported', 'too weak to be safe'],
    ['ERR_SSL_EE_KEY_TOO_SMALL', 'unsupported', 'too weak to be safe'],
    ['ERR_SSL_CA_MD_TOO_WEAK', 'unsupported', 'too weak to be safe'],
    ['ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED', 'unsupported', 'too weak to be safe'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'unsupported', 'too weak to be safe'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'unsupported', 'speaks no TLS on this port'],
    ['ECONNREFUSED', 'unreachable', 'ECONNREFUSED'],
    ['EHOSTUNREACH', 'unreachable', 'EHOSTUNREACH'],
    ['HPE_INVALID_CONSTANT', 'malformed', 'no HTTP'],
    ['ECONNRESET', 'timeout', 'broke off (ECONNRESET)'],
    ['', 'timeout', 'broke off'],
  ];
  it.each(codes)('by %s is %s', (code, failure, words) => {
    const error = connectionError(Object.assign(new Error('secret text'), { code }));
    expect(error.failure).toBe(failure);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('secret text');
  });

  it('by what is typed already stays so', () => {
    const typed = new BmcError('certificate', 'x');
    expect(connectionError(typed)).toBe(typed);
  });

  it('by a certificate that cannot be checked for another reason names it', () => {
    expect(untrusted('web001', 'CRL_HAS_EXPIRED', 'ab').message).toContain(
      'it cannot be checked (CRL_HAS_EXPIRED)',
    );
  });
});
