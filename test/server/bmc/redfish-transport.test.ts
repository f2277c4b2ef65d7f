import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRedfishDriver } from '../../../server/bmc/redfish-driver.ts';
import { createRedfishTransport } from '../../../server/bmc/redfish-transport.ts';
import { createTrustStore } from '../../../server/bmc/trusted-certificates.ts';
import type { BmcTarget } from '../../../src/domain/power/bmc-driver.ts';
import { redfishDriver } from '../../../src/redfish/driver.ts';
import { makeCertificate } from '../../support/redfish-sim/certificate.ts';
import { PLAIN } from '../../support/redfish-sim/flavours.ts';
import { type RedfishServer, serveRedfish } from '../../support/redfish-sim/https-server.ts';
import { bmcErrorOf, bmcTarget, sessionOf } from '../../support/redfish-sim/redfish-session.ts';
import { SIM_PASSWORD, SimulatedRedfish } from '../../support/redfish-sim/simulated-redfish.ts';

const authority = makeCertificate({ name: 'Site CA', isAuthority: true });
const signed = makeCertificate({ name: 'bmc', addresses: ['127.0.0.1'], issuer: authority });
const selfSigned = makeCertificate({ name: 'bmc', addresses: ['127.0.0.1'] });

let folder: string;
let server: RedfishServer | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'provision-redfish-'));
  writeFileSync(join(folder, 'ca.crt'), authority.cert);
});
afterEach(() => server?.stop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serve = async (sim: SimulatedRedfish, certificate = selfSigned, tls = {}) => {
  server = await serveRedfish(sim, certificate, tls);
  return server;
};
const status = (target: Partial<BmcTarget>, bundle = join(folder, 'ca.crt')) => {
  const trust = createTrustStore([bundle]);
  const driver = redfishDriver((one) => createRedfishTransport(one, trust));
  return sessionOf(driver, bmcTarget(target), (session) => session.powerState());
};

describe('a certificate', () => {
  it('that is pinned is the only one that counts, whoever signed it and whatever it is for', async () => {
    const odd = makeCertificate({ name: 'nobody', addresses: ['192.0.2.1'], notAfter: '210101000000Z' });
    const { port, connections } = await serve(new SimulatedRedfish(PLAIN), odd);
    const certificate = odd.fingerprint.toUpperCase().replace(/(..)(?=.)/g, '$1:');
    expect(await status({ port, certificate: odd.fingerprint })).toBe('off');
    const driver = createRedfishDriver();
    const state = sessionOf(driver, bmcTarget({ port, certificate }), (session) => session.powerState());
    expect(await state).toBe('off');
    expect(connections(), 'one connection a session').toBe(2);
  });

  it('that is not the pinned one is refused, even if it is trusted, before anything was sent', async () => {
    const sim = new SimulatedRedfish(PLAIN);
    const { port } = await serve(sim, signed);
    const error = await bmcErrorOf(status({ port, certificate: selfSigned.fingerprint }));
    expect([error.failure, error.retry]).toEqual(['certificate', false]);
    expect(error.message).toContain(
      `fingerprint ${signed.fingerprint}, and ${selfSigned.fingerprint} is pinned`,
    );
    expect(sim.asked).toEqual([]);
  });

  it('of an authority that the machine trusts is enough', async () => {
    const { port } = await serve(new SimulatedRedfish(PLAIN), signed);
    expect(await status({ port })).toBe('off');
  });

  const refused: [string, () => ReturnType<typeof makeCertificate>, string][] = [
    ['self-signed', () => selfSigned, 'it is self-signed'],
    [
      'for another address',
      () => makeCertificate({ name: 'bmc', addresses: ['127.0.0.9'], issuer: authority }),
      'it is for another name or address',
    ],
    [
      'expired',
      () =>
        makeCertificate({
          name: 'bmc',
          addresses: ['127.0.0.1'],
          issuer: authority,
          notAfter: '210101000000Z',
        }),
      'it has expired',
    ],
    [
      'of an unknown authority',
      () =>
        makeCertificate({ name: 'bmc', issuer: makeCertificate({ name: 'Other CA', isAuthority: true }) }),
      'its authority is none that this server trusts',
    ],
  ];
  it.each(refused)(
    'that is %s is refused with its fingerprint and the command that pins it',
    async (_name, make, words) => {
      const sim = new SimulatedRedfish(PLAIN);
      const certificate = make();
      const { port } = await serve(sim, certificate);
      const error = await bmcErrorOf(status({ port }));
      expect(error.failure).toBe('certificate');
      expect(error.message).toContain(words);
      expect(error.message).toContain(
        `provision system edit web001 --bmc-certificate ${certificate.fingerprint}`,
      );
      expect(inspect(error, { depth: 9 })).not.toContain(SIM_PASSWORD);
      expect(sim.asked).toEqual([]);
    },
  );

  it('is judged by the bundle as it is now', async () => {
    const bundle = join(folder, 'changing.crt');
    writeFileSync(bundle, selfSigned.cert);
    const trust = createTrustStore([join(folder, 'not-there.crt'), bundle]);
    const first = trust.context();
    expect(trust.context()).toBe(first);
    writeFileSync(bundle, `${selfSigned.cert}${authority.cert}`);
    expect(trust.context()).not.toBe(first);
    expect(createTrustStore([]).context()).toBeDefined();
  });
});

describe('a BMC', () => {
  it('of the time of TLS 1.1 is told apart, with what to do', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    const { port } = await serve(new SimulatedRedfish(PLAIN), selfSigned, old);
    const error = await bmcErrorOf(status({ port, certificate: selfSigned.fingerprint }));
    expect(error.failure).toBe('unsupported');
    expect(error.message).toContain('speaks only TLS 1.0 or 1.1');
    expect(error.message).toContain('--bmc-driver ipmi');
  });

  it('that is not there is unreachable', async () => {
    const { port } = await serve(new SimulatedRedfish(PLAIN));
    await server?.stop();
    const error = await bmcErrorOf(status({ port }));
    expect([error.failure, error.message]).toEqual(['unreachable', 'the connection failed (ECONNREFUSED)']);
  });
});
