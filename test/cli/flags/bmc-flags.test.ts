import { describe, expect, it } from 'vitest';
import { type Bmc, bmcInput } from '../../../src/domain/power/bmc.ts';
import { systemInput } from '../../../src/domain/records/system.ts';
import { apiSystem } from '../../support/api-records.ts';
import { type FakeWorld, runCli } from '../../support/fake-cli.ts';
import { usageError } from '../../support/parse-line.ts';

const PATCH = 'PATCH /api/v1/systems/web001';

const NO_BMC: Bmc = {
  address: null,
  driver: null,
  port: null,
  user: '',
  cipherSuite: null,
  privilege: 'operator',
  protocol: '2.0',
  firmware: null,
  vendor: null,
  model: null,
  certificate: null,
  node: null,
  command: null,
  shared: false,
  passwordSet: false,
  kgSet: false,
};

async function edit(line: string, world: FakeWorld = {}) {
  const server = { [PATCH]: { status: 200, body: apiSystem() } };
  const result = await runCli(['system', 'edit', 'web001', ...line.split(' ')], { server, ...world });
  return { ...result, body: result.requests[0]?.body };
}

describe('the flags of a BMC', () => {
  it('send only what they name', async () => {
    expect((await edit('--bmc-firmware uefi')).body).toEqual({ bmc: { firmware: 'uefi' } });
    const all =
      '--bmc 10.50.0.1 --bmc-user admin --bmc-driver redfish --bmc-port 8443 --bmc-cipher-suite 17 --bmc-privilege administrator --bmc-protocol 2.0 --bmc-certificate none --bmc-node 1 --bmc-vendor Dell --bmc-model R640 --bmc-command none --bmc-shared yes';
    expect((await edit(all)).body).toEqual({
      bmc: {
        address: '10.50.0.1',
        user: 'admin',
        driver: 'redfish',
        port: 8443,
        cipherSuite: 17,
        privilege: 'administrator',
        protocol: '2.0',
        certificate: null,
        node: '1',
        vendor: 'Dell',
        model: 'R640',
        command: null,
        shared: true,
      },
    });
    expect((await edit('--bmc none')).body).toEqual({ bmc: null });
    expect((await edit('--bmc-forget password --bmc-forget kg')).body).toEqual({
      bmc: { password: null, kg: null },
    });
  });

  it('read the password from a pipe', async () => {
    const { body, code } = await edit('--bmc-user admin --bmc-password-stdin', { stdin: 'calvin\n' });
    expect({ body, code }).toEqual({ body: { bmc: { user: 'admin', password: 'calvin' } }, code: 0 });
  });

  it('say what is missing where there is none, and nothing where there is', async () => {
    const bmc = { ...NO_BMC, address: '10.50.0.1', driver: 'ipmi', user: 'admin' } as const;
    const answer = (passwordSet: boolean) => ({
      server: { [PATCH]: { status: 200, body: apiSystem({ bmc: { ...bmc, passwordSet } }) } },
    });
    const next = 'provision system edit web001 --bmc-password-stdin';
    expect((await edit('--bmc-user admin', answer(false))).stderr).toContain(next);
    expect((await edit('--bmc-user admin', answer(true))).stderr).not.toContain(next);
    expect((await edit('--comment x', answer(false))).stderr).not.toContain(next);
  });

  it('are enough with an address and a user, as the record judges them', async () => {
    const line =
      'system add web001 --profile rocky-9 --mac 52:54:00:00:00:01 --ip auto --role web --bmc 10.0.9.11 --bmc-user admin';
    const bmc = { ...NO_BMC, address: '10.0.9.11', driver: 'ipmi', user: 'admin' } as const;
    const server = { 'POST /api/v1/systems': { status: 201, body: apiSystem({ bmc }) } };
    const { requests, stderr, code } = await runCli(line.split(' '), { server });
    expect(systemInput.safeParse(requests[0]?.body)).toMatchObject({
      success: true,
      data: { bmc: { ...bmcInput.parse({ address: '10.0.9.11', user: 'admin' }), driver: 'ipmi' } },
    });
    expect(code).toBe(0);
    expect(stderr).toContain('next: its BMC has no password yet');
  });

  it('leave the firmware to be heard', async () => {
    expect((await edit('--bmc-firmware none')).body).toEqual({ bmc: { firmware: null } });
  });

  it('ask for it without echo on a terminal', async () => {
    const { body, questions } = await edit('--bmc-password-stdin', { stdinTty: true, typed: ['calvin'] });
    expect(questions).toEqual(['password of the BMC: (hidden)']);
    expect(body).toEqual({ bmc: { password: 'calvin' } });
  });

  it('take it from the environment where a user is named, and only there', async () => {
    const env = { PROVISION_BMC_PASSWORD: 'calvin' };
    expect((await edit('--bmc-user admin', { env })).body).toEqual({
      bmc: { user: 'admin', password: 'calvin' },
    });
    expect((await edit('--bmc-port 623', { env })).body).toEqual({ bmc: { port: 623 } });
    expect((await edit('--comment x', { env })).body).toEqual({ comment: 'x' });
    const both = await edit('--bmc-user admin --bmc-password-stdin', { env, stdin: 'other' });
    expect(both.body).toEqual({ bmc: { user: 'admin', password: 'other' } });
  });

  it('warn of a password that old BMCs cut', async () => {
    const { stderr, body } = await edit('--bmc-password-stdin', { stdin: 'p'.repeat(17) });
    expect(stderr).toContain('warning: the password is 17 bytes long');
    expect(stderr).not.toContain('ppp');
    expect(body).toBeDefined();
  });

  it.each([
    ['system edit w --bmc none --bmc-user x', /takes the BMC away/],
    ['system edit w --bmc-cipher-suite 0', /wants 17, 3 or none/],
    ['system edit w --bmc-forget user', /wants password or kg/],
    ['system edit w --bmc-password-stdin --root-password-hash-stdin', /both read stdin/],
    ['system edit w --bmc-password calvin', /unknown option '--bmc-password'/],
    ['system edit w --bmc-firmware efi', /one of bios, uefi/],
  ])('refuse %s', (line, says) => {
    expect(usageError(line).message).toMatch(says);
  });

  it('are named where the server refuses a field', async () => {
    const problems = [{ path: 'bmc.firmware', message: 'is missing' }];
    const body = { title: 'invalid', status: 422, code: 'invalid', detail: 'x', problems };
    const { stderr } = await edit('--bmc-user admin', { server: { [PATCH]: { status: 422, body } } });
    expect(stderr).toContain('--bmc-firmware: is missing');
  });
});
