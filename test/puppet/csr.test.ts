import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/access/secret.ts';
import { decodeCsr } from '../../src/puppet/csr.ts';
import { MalformedDer } from '../../src/puppet/der.ts';
import { csrProblem } from '../../src/puppet/judge-csr.ts';
import { csrFixture, PUPPET_FIXTURES } from '../support/puppet-ca/fixtures.ts';

const WANTED = { certname: 'web001.lab.test', challenge: new Secret('s3cr3t-challenge') };

describe('a request of the real puppet agent', () => {
  it('is read', () => {
    expect(decodeCsr(csrFixture('puppet-agent'))).toMatchObject({
      subject: [{ type: '2.5.4.3', value: 'web001.lab.test' }],
      keyKind: 'rsa 4096',
      isSelfSigned: true,
      extensions: [],
    });
    expect(decodeCsr(csrFixture('puppet-agent')).challenge?.reveal()).toBe('s3cr3t-challenge');
  });

  it('may be signed for its name and its challenge only', () => {
    const csr = decodeCsr(csrFixture('puppet-agent'));
    expect(csrProblem(csr, WANTED)).toBeUndefined();
    expect(csrProblem(csr, { ...WANTED, certname: 'web002.lab.test' })).toBe(
      'its subject is not CN=web002.lab.test, and nothing else',
    );
    expect(csrProblem(csr, { ...WANTED, challenge: new Secret('') })).toBe(
      'its challenge is not that of this install',
    );
  });
});

const SIGNATURE = 'its signature is not that of its own key, or too weak';
const SUBJECT = 'its subject is not CN=web001.lab.test, and nothing else';

describe('requests made by OpenSSL', () => {
  it.each([
    { name: 'plain', problem: undefined },
    { name: 'other-key', problem: undefined },
    { name: 'ec', problem: undefined },
    { name: 'forged', problem: SIGNATURE },
    { name: 'sha1', problem: SIGNATURE },
    { name: 'ed25519', problem: SIGNATURE },
    { name: 'weak-key', problem: 'its key is too weak or of a kind that is not taken (rsa 1024)' },
    { name: 'other-name', problem: SUBJECT },
    { name: 'two-names', problem: SUBJECT },
    { name: 'no-challenge', problem: 'it has no challenge' },
    { name: 'wrong-challenge', problem: 'its challenge is not that of this install' },
    {
      name: 'alternative-names',
      problem: 'it asks for extensions, and none is wanted (subjectAltName)',
    },
    { name: 'authorization', problem: 'it asks for extensions, and none is wanted (pp_cli_auth)' },
  ])('$name: $problem', ({ name, problem }) => {
    expect(csrProblem(decodeCsr(csrFixture(name)), WANTED)).toBe(problem);
  });

  it('are all in the table', () => {
    expect(readdirSync(`${PUPPET_FIXTURES}/requests`)).toHaveLength(14);
  });
});

describe('what is no request', () => {
  const base64 = csrFixture('ec').split('\n').slice(1, -2).join('');
  const bytes = Buffer.from(base64, 'base64');
  const pemOf = (der: Buffer) =>
    `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;

  it.each([
    '',
    'Could not find certificate_request web001.lab.test',
    csrFixture('ec') + csrFixture('ec'),
    csrFixture('ec').replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'),
    pemOf(Buffer.concat([bytes, Buffer.from([0])])),
    pemOf(Buffer.alloc(20_000)),
  ])('is refused, %#', (pem) => {
    expect(() => decodeCsr(pem)).toThrow(MalformedDer);
  });

  it('is every part of one', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeCsr(pemOf(bytes.subarray(0, length))), `${length}`).toThrow(MalformedDer);
  });

  it('and no spoilt one is ever taken for good, nor breaks anything', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const spoilt = Buffer.from(bytes);
        spoilt[at] = (spoilt[at] ?? 0) ^ flip;
        let problem: string | undefined = 'malformed';
        try {
          problem = csrProblem(decodeCsr(pemOf(spoilt)), WANTED);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedDer);
        }
        expect(problem).toBeDefined();
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
