import { describe, expect, it } from 'vitest';
import type { MachineCertificate } from '../../../src/domain/access/certificate.ts';
import { Secret } from '../../../src/domain/access/secret.ts';
import { type CaTransport, createPuppetCa } from '../../../src/puppet/ca.ts';
import { CaError } from '../../../src/puppet/ca-error.ts';
import { watchRequest } from '../../../src/services/handoff/watch-request.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeCa } from '../../support/puppet-ca/fake-ca.ts';
import { csrFixture } from '../../support/puppet-ca/fixtures.ts';
import { makeCertificate } from '../../support/redfish-sim/certificate.ts';

const NAME = 'web001.lab.test';

/** A watch over a fake CA, an install that is being configured, and a clock that the test moves. */
function world({ configuring = true, challenge = 's3cr3t-challenge' } = {}) {
  const ca = new FakeCa(makeCertificate({ name: 'Puppet CA', isAuthority: true }));
  const clock = new FakeClock();
  const states: string[] = [];
  const said: string[] = [];
  const stop = new AbortController();
  let certificate: MachineCertificate = {
    install: 1,
    handoff: 'puppet',
    certname: NAME,
    state: 'cleared',
    keyDigest: null,
  };
  const parts = {
    send: (async ({ method, path, body }) =>
      ca.handle({ method, path, body: body === null ? null : JSON.stringify(body) })) as CaTransport,
  };
  const submit = (fixture: string) =>
    ca.handle({
      method: 'PUT',
      path: `/puppet-ca/v1/certificate_request/${NAME}`,
      body: csrFixture(fixture),
    });
  const record = {
    find: async () => certificate,
    write: async (state: MachineCertificate['state'], keyDigest?: string) => {
      if (!configuring) return false;
      certificate = { ...certificate, state, keyDigest: keyDigest ?? certificate.keyDigest };
      states.push(state);
      return true;
    },
  };
  const watch = () =>
    watchRequest(
      {
        ca: createPuppetCa((request, signal) => parts.send(request, signal)),
        clock,
        record,
        certname: NAME,
        challenge: new Secret(challenge),
        log: (text) => said.push(text),
      },
      stop.signal,
    );
  return { ca, clock, states, said, stop, parts, submit, record, watch };
}

const signs = (ca: FakeCa) =>
  ca.asked.filter((line) => line.startsWith('PUT /puppet-ca/v1/certificate_status'));

describe('a request of the machine', () => {
  it('is signed once it is there; its key is on record before', async () => {
    const { ca, clock, states, submit, record, watch } = world();
    const watching = watch();
    await clock.advance(10_000);
    submit('puppet-agent');
    await clock.advance(2_000);
    expect(await watching).toEqual({ kind: 'signed' });
    expect(states).toEqual(['signing', 'signed']);
    expect(ca.entries.get(NAME)?.state).toBe('signed');
    expect((await record.find()).keyDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not signed when the install is not being configured any more', async () => {
    const { ca, submit, watch } = world({ configuring: false });
    submit('puppet-agent');
    expect(await watch()).toEqual({
      kind: 'over',
      reason: 'the install is not being configured any more; nothing is signed',
    });
    expect(signs(ca)).toEqual([]);
  });

  it.each([
    { fixture: 'wrong-challenge', reason: 'its challenge is not that of this install' },
    { fixture: 'no-challenge', reason: 'it has no challenge' },
    { fixture: 'alternative-names', reason: 'it asks for extensions, and none is wanted (subjectAltName)' },
  ])('that is not its own ($fixture) is taken away, and nothing is signed', async ({ fixture, reason }) => {
    const { ca, submit, states, watch } = world();
    submit(fixture);
    expect(await watch()).toEqual({
      kind: 'refused',
      reason: `the request for ${NAME} was refused and taken away: ${reason}`,
    });
    expect(signs(ca)).toEqual([]);
    expect(ca.entries.has(NAME)).toBe(false);
    expect(states).toEqual([]);
  });

  it('that was exchanged between the look and the signature makes no certificate that stays', async () => {
    const { ca, parts, submit, watch } = world();
    submit('plain');
    const { send } = parts;
    parts.send = (request, signal) => {
      const { pem = '' } = ca.entries.get(NAME) ?? {};
      // allow-duplicate-certs lets anybody replace what waits.
      if (request.method === 'PUT' && JSON.stringify(request.body).includes('signed') && pem !== '')
        ca.entries.set(NAME, { state: 'requested', pem: csrFixture('other-key') });
      return send(request, signal);
    };
    expect(await watch()).toMatchObject({ kind: 'refused' });
    expect(ca.entries.has(NAME)).toBe(false);
    const last = signs(ca).length;
    expect(last, 'signed, then revoked').toBe(2);
  });
});

describe('a certificate that is there already', () => {
  it('is ours if its key was found good before the service was ended', async () => {
    const first = world();
    first.submit('puppet-agent');
    await first.watch();
    expect(await first.watch()).toEqual({ kind: 'signed' });
    expect(signs(first.ca)).toHaveLength(1);
  });

  it('of another hand is revoked, and nothing is believed', async () => {
    const { ca, submit, parts, watch } = world();
    submit('puppet-agent');
    const path = `/puppet-ca/v1/certificate_status/${NAME}`;
    await parts.send(
      { method: 'PUT', path, body: { desired_state: 'signed' } },
      new AbortController().signal,
    );
    expect(await watch()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('Switch autosign off'),
    });
    expect(ca.entries.has(NAME)).toBe(false);
  });
});

describe('a CA that does not answer', () => {
  it('is asked again for a while, and is a reason then', async () => {
    const { clock, parts, submit, watch } = world();
    const { send } = parts;
    parts.send = async () => {
      throw new CaError('unreachable', 'cannot be reached: ECONNREFUSED');
    };
    const first = watch();
    await clock.advance(20_000);
    parts.send = send;
    submit('puppet-agent');
    await clock.advance(2_000);
    expect(await first).toEqual({ kind: 'signed' });
    parts.send = async () => {
      throw new CaError('unreachable', 'cannot be reached: ECONNREFUSED');
    };
    const second = expect(watch()).rejects.toMatchObject({ failure: 'unreachable' });
    for (let round = 0; round < 50; round++) await clock.advance(2_000);
    await second;
  });

  it('is left with the signal', async () => {
    const { stop, watch } = world();
    const watching = watch();
    stop.abort(new Error('over'));
    await expect(watching).rejects.toThrow('over');
  });
});
