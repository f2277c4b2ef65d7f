import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createRedfishDriver } from '../../server/bmc/redfish-driver.ts';
import type { BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { hasCommand } from '../support/has-command.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';
import { type Flavour, IDRAC9, PLAIN, SUPERMICRO } from '../support/redfish-sim/flavours.ts';
import { type RedfishServer, serveRedfish } from '../support/redfish-sim/https-server.ts';
import { bmcTarget, sessionOf } from '../support/redfish-sim/redfish-session.ts';
import { SIM_PASSWORD, SIM_USER, SimulatedRedfish } from '../support/redfish-sim/simulated-redfish.ts';

const run = promisify(execFile);
const certificate = makeCertificate({ name: 'bmc' });
let server: RedfishServer | undefined;
afterEach(() => server?.stop());

// A stranger judges both: the simulated BMC is real enough for it, and it sees what our driver did.
describe.skipIf(!hasCommand('redfishtool'))('DMTF redfishtool', () => {
  const serve = async (flavour: Flavour) => {
    const sim = new SimulatedRedfish(flavour);
    server = await serveRedfish(sim, certificate);
    return { sim, port: server.port };
  };
  const tool = async (port: number, ...args: readonly string[]): Promise<Record<string, unknown>> => {
    const login = [
      '-r',
      `127.0.0.1:${port}`,
      '-u',
      SIM_USER,
      '-p',
      SIM_PASSWORD,
      '-A',
      'Session',
      '-S',
      'Always',
      '-n',
    ];
    const { stdout } = await run('redfishtool', [...login, 'Systems', '-1', ...args]);
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  };
  const ours = <T>(port: number, work: (session: BmcSession) => Promise<T>) =>
    sessionOf(createRedfishDriver(), bmcTarget({ port, certificate: certificate.fingerprint }), work);

  it.each([PLAIN, IDRAC9, SUPERMICRO])('sees what our driver did to $name', async (flavour) => {
    const { sim, port } = await serve(flavour);
    await ours(port, async (session) => {
      await session.setBootDevice({ device: 'pxe', firmware: 'uefi', persistent: false });
      await session.power('on');
    });
    const system = await tool(port, 'get');
    expect(system['PowerState']).toBe('On');
    expect(system['Boot']).toMatchObject({
      BootSourceOverrideTarget: 'Pxe',
      BootSourceOverrideEnabled: 'Once',
      BootSourceOverrideMode: 'UEFI',
    });
    expect(sim.sessions.size, 'sessions left').toBe(0);
  });

  it('does what our driver sees', async () => {
    const { port } = await serve(PLAIN);
    await tool(port, 'reset', 'On');
    await tool(port, 'setBootOverride', 'Continuous', 'Hdd');
    const seen = await ours(port, async (session) => [
      await session.powerState(),
      await session.bootDevice(),
    ]);
    expect(seen).toEqual(['on', { device: 'disk', firmware: 'uefi', persistent: true }]);
  });
});
