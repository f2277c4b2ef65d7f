import { expect, it } from 'vitest';
import { runCli } from '../../support/fake-cli.ts';

const provision = { state: 'ready', profile: 'debian-13', roles: ['web', 'canary'] };
const INVENTORY = {
  _meta: {
    hostvars: { web002: { ansible_host: '10.99.0.12', provision } },
    omitted: { web001: 'it has no address' },
  },
  all: { children: ['ungrouped'] },
};
const server = (query = '') => ({
  [`GET /api/v1/inventory/ansible${query}`]: { status: 200, body: INVENTORY },
});

it('is a table, with the machines that are left out', async () => {
  expect(
    await runCli(['inventory', '--state', 'ready', '--role', 'web,db'], {
      server: server('?state=ready&role=web&role=db'),
    }),
  ).toMatchObject({
    code: 0,
    stdout: 'web001\t\t\t\t\tit has no address\nweb002\t10.99.0.12\tready\tdebian-13\tweb,canary\t\n',
  });
});

it.each([['--ansible'], ['--list'], ['--ansible', '--list'], ['--json']])(
  'is the JSON of an inventory script with %s',
  async (...flags) => {
    const { code, stdout, stderr } = await runCli(['inventory', ...flags], { server: server() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(INVENTORY);
  },
);

it('is the variables of one host with --host', async () => {
  const { stdout } = await runCli(['inventory', '--host', 'web002'], { server: server('?system=web002') });
  expect(JSON.parse(stdout)).toEqual({ ansible_host: '10.99.0.12', provision });
});

it('tells why a host is not in it', async () => {
  expect(await runCli(['inventory', '--host', 'web001'], { server: server('?system=web001') })).toMatchObject(
    {
      code: 1,
      stderr: 'error: web001 is not in the inventory: it has no address\n',
    },
  );
});

it('says so when nothing is meant', async () => {
  const body = { _meta: { hostvars: {}, omitted: {} }, all: { children: [] } };
  const empty = { 'GET /api/v1/inventory/ansible': { status: 200, body } };
  expect(await runCli(['inventory'], { server: empty })).toMatchObject({ code: 3, stdout: '' });
});

it('is either the list or a host', async () => {
  expect(await runCli(['inventory', '--list', '--host', 'web002'])).toMatchObject({ code: 2 });
});
