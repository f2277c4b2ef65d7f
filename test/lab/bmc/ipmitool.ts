import { inNamespace } from '../network.ts';
import type { Processes } from '../processes.ts';

/** ipmitool, which reads back what was done to a machine. */
export class Ipmitool {
  readonly #processes: Processes;
  readonly #namespace: string;
  readonly #access: { readonly address: string; readonly user: string; readonly password: string };

  constructor(
    processes: Processes,
    namespace: string,
    access: { address: string; user: string; password: string },
  ) {
    this.#processes = processes;
    this.#namespace = namespace;
    this.#access = access;
  }

  async powerState(): Promise<'on' | 'off'> {
    const said = await this.run('chassis', 'power', 'status');
    const state = /^Chassis Power is (on|off)$/m.exec(said)?.[1];
    if (state === 'on' || state === 'off') return state;
    throw new Error(`ipmitool says '${said.trim()}', expected the power state`);
  }

  /** The boot device in force, in ipmitool's words: `Force PXE`, `No override`. */
  async bootDevice(): Promise<string> {
    const said = await this.run('chassis', 'bootparam', 'get', '5');
    const device = /Boot Device Selector : (.+)$/m.exec(said)?.[1];
    if (device === undefined) throw new Error(`ipmitool says '${said.trim()}', expected the boot device`);
    return device.trim();
  }

  /** One command, by cipher suite 3 (without `-C` ipmitool loses ten seconds asking which there are). */
  run(...command: string[]): Promise<string> {
    const { address, user, password } = this.#access;
    const at = ['-I', 'lanplus', '-C', '3', '-H', address, '-U', user, '-E'];
    const env = { ...process.env, IPMI_PASSWORD: password };
    return this.#processes.run(...inNamespace(this.#namespace, 'ipmitool', [...at, ...command]), {
      env,
      timeoutMs: 20_000,
    });
  }
}
