import { afterEach, beforeEach, expect, it } from 'vitest';
import { dhcpTester } from '../../support/dhcp-messages.ts';
import { addRecords, openServiceWorld, type ServiceWorld } from '../../support/service-world.ts';
import { macOf } from '../../support/store-records.ts';

let world: ServiceWorld;
let send: ReturnType<typeof dhcpTester>;

beforeEach(async () => {
  world = await openServiceWorld();
  await addRecords(world);
  send = dhcpTester(world, ['10.99.0.5']);
});
afterEach(() => world.dispose());

const text = (code: number, value: string) => ({ code, type: 'text', value });
const edit = async (path: string, dhcpOptions: object[]) =>
  expect(await world.call('PATCH', `/api/v1/${path}`, { dhcpOptions })).toMatchObject({ status: 200 });

/** What web001's machine is told of these options when it asks for all of them. */
async function told(mac = macOf(1)): Promise<Record<number, string | undefined>> {
  const asks = Buffer.of(3, 200, 201, 202).toString('hex');
  const { reply } = await send({ type: 'discover', mac, options: { 55: asks } });
  const value = (code: number) => reply?.options.get(code)?.toString('latin1');
  return { 200: value(200), 201: value(201), 202: value(202), 3: reply?.options.get(3)?.toString('hex') };
}

it('the system’s options win over the profile’s, these over the subnet’s, live with the next packet', async () => {
  await edit('subnets/lab', [text(200, 'subnet'), text(201, 'subnet'), text(202, 'subnet')]);
  expect(await told()).toEqual({ 200: 'subnet', 201: 'subnet', 202: 'subnet', 3: '0a6300fe' });
  await edit('profiles/debian-13', [text(201, 'profile'), text(202, 'profile')]);
  await edit('systems/web001', [text(202, 'system'), text(200, ''), { code: 3, value: '' }]);
  expect(await told()).toEqual({ 200: undefined, 201: 'profile', 202: 'system', 3: undefined });
  expect(await told(macOf(9))).toEqual({ 200: 'subnet', 201: 'subnet', 202: 'subnet', 3: '0a6300fe' });
});

it('refuses what the protocol owns, and says what to use instead', async () => {
  const answer = await world.call('PATCH', '/api/v1/subnets/lab', { dhcpOptions: [text(67, 'x.efi')] });
  expect(answer).toMatchObject({
    status: 422,
    body: {
      problems: [
        { path: 'dhcpOptions.0.value', message: expect.stringContaining('follows from its record') },
      ],
    },
  });
});

it('what has no room in an answer is left out of it, and stands on the timeline', async () => {
  await edit('subnets/lab', [text(200, 'x'.repeat(300)), text(201, 'y')]);
  const asks = Buffer.of(1, 200, 201).toString('hex');
  const request = { type: 'request', mac: macOf(1), requested: '10.99.0.11', server: '10.99.0.5' } as const;
  const said = await send({ ...request, options: { 55: asks } });
  expect([said.text, said.reply?.options.has(200), said.reply?.options.has(201)]).toEqual([
    'ack 10.99.0.11 from 10.99.0.5',
    false,
    true,
  ]);
  const whole = await send({ ...request, options: { 55: asks, 57: '05dc' } });
  expect(whole.reply?.options.get(200)?.length).toBe(300);
  const timeline = await world.call('GET', '/api/v1/systems/web001/timeline');
  expect(timeline.body).toMatchObject({
    items: [
      {
        outcome: 'warning',
        message: 'options 200 left out of the answer: the machine takes 548 bytes (option 57)',
      },
    ],
  });
});

it('shows what a subnet comes to', async () => {
  const { body } = await world.call('GET', '/api/v1/subnets/lab');
  expect(body).toMatchObject({
    effective: { dynamicAddresses: 100, leaseSeconds: { min: 3600, default: 3600, max: 3600 } },
  });
});
