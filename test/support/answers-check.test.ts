import { expect, it } from 'vitest';
import { openServiceWorld } from './service-world.ts';

const LEASE = {
  ip: '10.99.0.100',
  mac: '52:54:00:00:00:01',
  key: '52:54:00:00:00:01',
  hostname: null,
  system: null,
  expiresAt: '2026-11-22T09:00:00.000Z',
};

/** What comes of a world whose list of leases is this. */
async function askedFor(leases: readonly object[]): Promise<void> {
  const world = await openServiceWorld();
  Object.assign(world.services, { leases: { list: async () => leases } });
  await world.call('GET', '/api/v1/leases');
  await world.dispose();
}

it('an answer as it is documented is no fault', async () => {
  await expect(askedFor([LEASE])).resolves.toBeUndefined();
});

it.each([
  ['a field that the document does not have', { ...LEASE, secret: 'x' }, /additionalProperty":"secret"/],
  ['a field that is not there', { ip: LEASE.ip }, /missingProperty":"mac"/],
  ['a value of another type', { ...LEASE, ip: 7 }, /items\/0\/ip must be string/],
  ['a time that is none', { ...LEASE, expiresAt: 'soon' }, /must match format/],
])('a test fails by %s', async (_what, lease, fault) => {
  await expect(askedFor([lease])).rejects.toThrow(fault);
});

it('a test fails by a status that is not documented', async () => {
  const world = await openServiceWorld();
  world.local.addHook('preHandler', async (_request, reply) => reply.status(418).send({ pot: 'tea' }));
  await world.call('GET', '/api/v1/leases');
  await expect(world.dispose()).rejects.toThrow(/status 418 is not documented/);
});
