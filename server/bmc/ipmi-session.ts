import type { BmcInfo, BmcLogEntry, BmcSensor, BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import type { BootOverride, PowerAction } from '../../src/domain/power/power.ts';
import {
  type BootFlags,
  decodeBootFlags,
  GET_BOOT_FLAGS,
  setBootFlags,
} from '../../src/ipmi/boot-options.ts';
import {
  chassisControl,
  chassisIdentify,
  decodeChassisStatus,
  GET_CHASSIS_STATUS,
} from '../../src/ipmi/chassis.ts';
import { COMPLETED, INSUFFICIENT_PRIVILEGE } from '../../src/ipmi/completion-codes.ts';
import { type IpmiCommands, readAnswer, refusal } from './ipmi-commands.ts';
import { readLog } from './ipmi-event-log.ts';
import { readInfo } from './ipmi-inventory.ts';
import { readSensors } from './ipmi-sensors.ts';

/** What people ask of a BMC, in commands of IPMI. */
export class IpmiSession implements BmcSession {
  readonly #commands: IpmiCommands;

  constructor(commands: IpmiCommands) {
    this.#commands = commands;
  }

  async powerState(): Promise<'on' | 'off'> {
    const status = await this.#commands.read(GET_CHASSIS_STATUS, decodeChassisStatus);
    return status.on ? 'on' : 'off';
  }

  async power(action: PowerAction): Promise<void> {
    if (action === 'cycle') return this.#cycle();
    const request = chassisControl(action);
    await (action === 'reset' ? this.#commands.runOnce(request) : this.#commands.run(request));
  }

  /** Off and on again; a machine that is off is switched on, which BMCs refuse to do here, or do nothing at all. */
  async #cycle(): Promise<void> {
    const on = chassisControl('on');
    if ((await this.powerState()) === 'off') {
      await this.#commands.run(on);
      return;
    }
    const cycle = chassisControl('cycle');
    await this.#commands.runOnce(cycle);
  }

  async setBootDevice(override: BootOverride): Promise<BootOverride | null> {
    if (override.httpBootUri !== undefined)
      throw new BmcError('unsupported', 'IPMI has no way to name a URL to boot from');
    const { before, flags } = setBootFlags(override);
    for (const request of before) await this.#prepare(request);
    await this.#commands.run(flags);
    const read = await this.#readBootFlags();
    // A BMC that gives back the device and not that it is valid does not keep the flags for us to read.
    if (read === null || (!read.valid && read.device === override.device)) return null;
    return overrideOf(read);
  }

  async bootDevice(): Promise<BootOverride | null> {
    const read = await this.#readBootFlags();
    return read?.valid === true ? overrideOf(read) : null;
  }

  async identify(seconds: number): Promise<void> {
    await this.#commands.run(chassisIdentify(seconds));
  }

  info(): Promise<BmcInfo> {
    return readInfo(this.#commands);
  }

  sensors(): Promise<readonly BmcSensor[]> {
    return readSensors(this.#commands);
  }

  log(limit: number): Promise<readonly BmcLogEntry[]> {
    return readLog(this.#commands, limit);
  }

  /** Optional for a BMC: only that we may not is an error, since the flags would fail in the same way. */
  async #prepare(request: Parameters<IpmiCommands['ask']>[0]): Promise<void> {
    const { completionCode } = await this.#commands.ask(request);
    if (completionCode === INSUFFICIENT_PRIVILEGE) throw refusal(request, completionCode);
  }

  /** null where the BMC has no such answer, which many have not: only a privilege that is missing is an error. */
  async #readBootFlags(): Promise<BootFlags | null> {
    const response = await this.#commands.ask(GET_BOOT_FLAGS);
    if (response.completionCode !== COMPLETED) return null;
    return readAnswer(response.data, decodeBootFlags);
  }
}

function overrideOf({ valid, device, firmware, persistent }: BootFlags): BootOverride | null {
  if (!valid) return { device: 'none', firmware, persistent: false };
  return device === undefined ? null : { device, firmware, persistent };
}
