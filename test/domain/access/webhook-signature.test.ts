import { describe, expect, it } from 'vitest';
import { signWebhook } from '../../../src/domain/access/webhook-signature.ts';

const BODY = '{"type":"install.ready"}';
const AT = 1_795_338_000;
// printf '1795338000.{"type":"install.ready"}' | openssl dgst -sha256 -hmac 'a secret'
const HEADER = `t=${AT},v1=2555be04dff3805d833bc9070fd0f16bfa66a7d24e42c0041d88b54e2536c2cc`;

describe('the signature of a webhook', () => {
  it('is what openssl makes of time, dot and body', () => {
    expect(signWebhook('a secret', BODY, AT)).toBe(HEADER);
  });
});
