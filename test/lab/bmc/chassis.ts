/** The part of a machine that a chassis has a hand on. */
export interface ChassisMachine {
  readonly isOn: boolean;
  powerOn(first: FirstBoot): Promise<void>;
  powerOff(): Promise<void>;
  pressPowerButton(): Promise<void>;
}

/** What the machine boots from at the next power-on; after that, its disk. */
export type FirstBoot = 'network' | 'disk';

/**
 * The chassis behind a simulated BMC. ipmi_sim asks it in words (`get power boot`, `set power 1`, `set boot pxe`); the
 * answer is one `name:value` a line. The boot device is good for one boot, as IPMI says of flags that are not persistent
 * (IPMI 2.0 §28.12): ipmi_sim does not pass on whether they are.
 */
export class Chassis {
  readonly #machine: ChassisMachine;
  #bootDevice = 'none';
  readonly #asked: string[] = [];

  constructor(machine: ChassisMachine) {
    this.#machine = machine;
  }

  /** Everything that was set, in its order: what a test reads back. */
  get asked(): readonly string[] {
    return this.#asked;
  }

  async handle(command: string): Promise<string> {
    const [verb, ...words] = command.trim().split(/\s+/);
    if (verb === 'get') return words.map((word) => `${word}:${this.#get(word)}\n`).join('');
    if (verb !== 'set') throw new Error(`a chassis is asked to get or to set, not to '${command}'`);
    for (let at = 0; at < words.length; at += 2) await this.#set(words[at] ?? '', words[at + 1] ?? '');
    return '';
  }

  #get(what: string): string {
    if (what === 'power') return this.#machine.isOn ? '1' : '0';
    if (what === 'boot') return this.#bootDevice;
    throw new Error(`a chassis has no '${what}'`);
  }

  async #set(what: string, value: string): Promise<void> {
    this.#asked.push(`${what} ${value}`);
    if (what === 'boot') {
      this.#bootDevice = value;
    } else if (what === 'power') {
      if (value === '0') await this.#machine.powerOff();
      else if (!this.#machine.isOn) await this.#boot();
    } else if (what === 'reset') {
      await this.#machine.powerOff();
      await this.#boot();
    } else if (what === 'shutdown') {
      if (this.#machine.isOn) await this.#machine.pressPowerButton();
    }
  }

  async #boot(): Promise<void> {
    const first = this.#bootDevice === 'pxe' ? 'network' : 'disk';
    this.#bootDevice = 'none';
    await this.#machine.powerOn(first);
  }
}
