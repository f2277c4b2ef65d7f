import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Lab } from '../lab.ts';
import { BRIDGE, inNamespace } from '../network.ts';
import { waitFor } from '../wait.ts';
import { BMC_ADDRESS, BMC_PASSWORD, BMC_USER } from './access.ts';
import { Chassis, type ChassisMachine } from './chassis.ts';
import { Ipmitool } from './ipmitool.ts';

export interface SimulatedBmc {
  readonly chassis: Chassis;
  /** A stranger's client, in the namespace of the server. */
  readonly ipmitool: Ipmitool;
}

/**
 * OpenIPMI's ipmi_sim as the BMC of a machine, with an address of its own on the machine's wire. It knows cipher suite 3
 * only, and forgets most of the boot flags but the device.
 */
export async function startBmc(lab: Lab, machine: ChassisMachine): Promise<SimulatedBmc> {
  const dir = join(lab.workDir, 'bmc');
  await mkdir(join(dir, 'state'), { recursive: true });
  const chassis = new Chassis(machine);
  await serveChassis(chassis, join(dir, 'chassis.sock'), lab);
  const script = join(dir, 'chassis.sh');
  await copyFile(join(lab.root, 'test/lab/bmc/chassis.sh'), script);
  await chmod(script, 0o755);
  await writeFile(join(dir, 'lan.conf'), lanText(script));
  await writeFile(join(dir, 'bmc.emu'), EMULATOR);

  const { wireNamespace, serverNamespace } = lab.network;
  await lab.processes.run('ip', ['-n', wireNamespace, 'addr', 'add', `${BMC_ADDRESS}/24`, 'dev', BRIDGE]);
  const args = ['-n', '-c', join(dir, 'lan.conf'), '-f', join(dir, 'bmc.emu'), '-s', join(dir, 'state')];
  const options = { logFile: join(dir, 'ipmi_sim.log') };
  await lab.processes.start(...inNamespace(wireNamespace, 'ipmi_sim', args), options);
  const access = { address: BMC_ADDRESS, user: BMC_USER, password: BMC_PASSWORD };
  const ipmitool = new Ipmitool(lab.processes, serverNamespace, access);
  await waitFor({ what: 'the BMC to answer', limitMs: 30_000, everyMs: 100 }, async () =>
    ipmitool.powerState().catch(() => undefined),
  );
  return { chassis, ipmitool };
}

/** ipmi_sim starts a program for each question; the program asks here. */
async function serveChassis(chassis: Chassis, path: string, lab: Lab): Promise<void> {
  const server = createServer(async (request, response) => {
    try {
      response.end(await chassis.handle(await text(request)));
    } catch (error) {
      lab.stages.say(`chassis: ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  // The lab's end does not wait for it.
  server.unref();
}

function lanText(script: string): string {
  return `name "machine"
set_working_mc 0x20
  startlan 1
    addr ${BMC_ADDRESS} 623
    priv_limit admin
    allowed_auths_admin md5
    guid 00112233445566778899aabbccddeeff
  endlan
  chassis_control "${script}"
  user 2 true "${BMC_USER}" "${BMC_PASSWORD}" admin 10 md5
`;
}

/** One management controller at its usual address, of nobody's make. */
const EMULATOR = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x20 1 1 0x9f 0x1291 0xf02
mc_enable 0x20
`;
