import { describe, expect, it } from 'vitest';
import { HOST_KEYS_LIMIT, readDetail } from '../../../../server/http/boot/detail.ts';

describe('readDetail', () => {
  it.each([
    { name: 'nothing', body: undefined, detail: '' },
    { name: 'an empty body', body: '', detail: '' },
    { name: 'what is no text', body: { detail: 'x' }, detail: '' },
    { name: 'JSON', body: '{"detail":"no disk"}', detail: 'no disk' },
    { name: 'JSON with white space', body: ' \n{"detail":"no disk"}', detail: 'no disk' },
    { name: 'JSON without a detail', body: '{"other":1}', detail: '{"other":1}' },
    { name: 'JSON with a detail that is no text', body: '{"detail":{"a":1}}', detail: '{"detail":{"a":1}}' },
    { name: 'broken JSON', body: '{"detail":', detail: '{"detail":' },
    { name: 'a form', body: 'uptime=12.3&detail=no+disk', detail: 'no disk' },
    { name: 'a form, by bytes', body: 'detail=%6e%6f%20%64%69%73%6b', detail: 'no disk' },
    { name: 'a form with a reason', body: 'reason=gone', detail: 'gone' },
    { name: 'a form with an empty detail', body: 'uptime=1&detail=', detail: '' },
    {
      name: 'text that looks like a form further on',
      body: 'it failed:\na&reason=x',
      detail: 'it failed: a&reason=x',
    },
    { name: 'plain text', body: 'could not mount /', detail: 'could not mount /' },
    { name: 'control characters', body: 'detail=a%0ab%0d%0ac%1b%5b31md%00e', detail: 'a b c [31md e' },
    { name: 'directions that lie', body: 'a\u202eb\u2066c', detail: 'a b c' },
    { name: 'bytes that are no UTF-8', body: 'detail=%ff%fe', detail: '\ufffd\ufffd' },
  ])('$name', ({ body, detail }) => {
    expect(readDetail(body)).toBe(detail);
  });

  it('says that it was cut', () => {
    expect(readDetail('x'.repeat(1000))).toBe('x'.repeat(1000));
    expect(readDetail('x'.repeat(1001))).toBe(`${'x'.repeat(1000)} …`);
  });

  it('leaves three host keys whole', () => {
    const keys = ['ed25519', 'ecdsa', 'rsa']
      .map((kind) => `ssh-${kind} ${'A'.repeat(1000)} root@web001`)
      .join('\n');
    expect(readDetail(keys, HOST_KEYS_LIMIT)).toBe(keys.replaceAll('\n', ' '));
  });
});
