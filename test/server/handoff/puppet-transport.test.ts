import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCaTransport } from '../../../server/handoff/puppet-transport.ts';
import { createPuppetCa } from '../../../src/puppet/ca.ts';
import { decodeCsr } from '../../../src/puppet/csr.ts';
import { type CaServer, startCaServer } from '../../support/puppet-ca/ca-server.ts';
import { csrFixture } from '../../support/puppet-ca/fixtures.ts';

const NAME = 'web001.lab.test';
const signal = new AbortController().signal;
let server: CaServer;
beforeEach(async () => {
  server = await startCaServer();
});
afterEach(() => server.stop());

const ca = (access = server.access) => createPuppetCa(createCaTransport(access));
const submit = (fixture: string, name = NAME) =>
  server.ca.handle({
    method: 'PUT',
    path: `/puppet-ca/v1/certificate_request/${name}`,
    body: csrFixture(fixture),
  });

describe('the CA by HTTPS', () => {
  it('signs what waits, and gives the key that it has signed', async () => {
    expect(await ca().stateOf(NAME, signal)).toBeNull();
    expect(await ca().findRequest(NAME, signal)).toBeUndefined();
    submit('puppet-agent');
    expect(await ca().stateOf(NAME, signal)).toBe('requested');
    expect(await ca().findRequest(NAME, signal)).toBe(csrFixture('puppet-agent'));
    await ca().sign(NAME, signal);
    expect(await ca().stateOf(NAME, signal)).toBe('signed');
    expect(await ca().findCertificateKey(NAME, signal)).toEqual(
      decodeCsr(csrFixture('puppet-agent')).publicKey,
    );
  });

  it.each(['requested', 'signed', 'revoked'] as const)('forgets one that is %s', async (state) => {
    submit('plain');
    if (state !== 'requested') await ca().sign(NAME, signal);
    if (state === 'revoked') {
      await ca().clean(NAME, signal);
      submit('plain');
      await ca().sign(NAME, signal);
    }
    server.ca.asked.length = 0;
    expect(await ca().clean(NAME, signal)).toBe(true);
    expect(server.ca.entries.size).toBe(0);
    const revokes = server.ca.asked.filter((line) => line.startsWith('PUT'));
    expect(revokes, 'revoked before it is deleted').toHaveLength(state === 'requested' ? 0 : 1);
    expect(await ca().clean(NAME, signal)).toBe(false);
  });

  it('tells the words of a refusal', async () => {
    submit('alternative-names');
    await expect(ca().sign(NAME, signal)).rejects.toMatchObject({
      failure: 'refused',
      message: expect.stringMatching(
        /^says no \(status 409\): CSR .* contains extra subject alternative names/,
      ),
    });
    await expect(ca().sign('web009.lab.test', signal)).rejects.toMatchObject({ failure: 'refused' });
  });

  it('does not let everybody sign', async () => {
    await expect(ca(server.stranger).stateOf(NAME, signal)).rejects.toMatchObject({ failure: 'forbidden' });
  });
});

describe('who is not that CA', () => {
  it.each([
    { what: 'nobody', access: { url: 'https://127.0.0.1:1' } },
    { what: 'a file that is not there', access: { keyFile: '/nonexistent.pem' } },
  ])('$what is a reason', async ({ access }) => {
    await expect(ca({ ...server.access, ...access }).stateOf(NAME, signal)).rejects.toMatchObject({
      failure: 'unreachable',
      message: expect.stringMatching(/^cannot be reached: (ECONNREFUSED|ENOENT)/),
    });
  });

  it('another authority is not believed, and hears nothing', async () => {
    const other = await startCaServer();
    try {
      const access = { ...server.access, url: other.access.url };
      await expect(ca(access).stateOf(NAME, signal)).rejects.toMatchObject({ failure: 'unreachable' });
      expect(other.ca.asked).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('is given up with the signal', async () => {
    const given = AbortSignal.abort(new Error('over'));
    await expect(ca().stateOf(NAME, given)).rejects.toThrow('over');
  });
});
