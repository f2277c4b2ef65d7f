import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accelerator } from './accelerator.ts';
import type { FirstBoot } from './bmc/chassis.ts';
import { type Firmware, setupOf } from './firmware.ts';
import { inNamespace, type LabNetwork, TAP } from './network.ts';
import { hasEnded, type Processes, stopProcess } from './processes.ts';
import { sendQmp } from './qmp.ts';
import { waitFor } from './wait.ts';

/** Boot index of a network card that the disk (2) comes before. */
const AFTER_DISK = 3;

export interface MachineSpec {
  readonly name: string;
  readonly firmware: Firmware;
  readonly mac: string;
  /** Null: a machine without one. */
  readonly disk: string | null;
  readonly memoryMb: number;
  readonly cpus: number;
}

/**
 * One server of virtual steel. Boot order is network, then disk, as racks are set up, unless a BMC says what comes first.
 * Without a BMC a guest's reboot ends QEMU (`-no-reboot`), so that each power-on is a stage of its own with its own
 * serial log. With one it is a reboot, and goes to the disk.
 */
export class Machine {
  readonly spec: MachineSpec;
  readonly #processes: Processes;
  readonly #network: LabNetwork;
  readonly #accelerator: Accelerator;
  readonly #dir: string;
  #process: ChildProcess | undefined;
  #boots = 0;

  constructor(
    spec: MachineSpec,
    deps: { processes: Processes; network: LabNetwork; accelerator: Accelerator; dir: string },
  ) {
    this.spec = spec;
    this.#processes = deps.processes;
    this.#network = deps.network;
    this.#accelerator = deps.accelerator;
    this.#dir = deps.dir;
  }

  /** What the guest has written to its serial port since the last power-on. */
  get serialLog(): string {
    return join(this.#dir, `${this.spec.name}-boot${this.#boots}.serial`);
  }

  get serialSocket(): string {
    return join(this.#dir, `${this.spec.name}.serial.sock`);
  }

  get monitorSocket(): string {
    return join(this.#dir, `${this.spec.name}.monitor.sock`);
  }

  get isOn(): boolean {
    return this.#process !== undefined && !hasEnded(this.#process);
  }

  /** `first` is what its BMC has chosen, for this boot only; undefined where it has no BMC. */
  async powerOn(first?: FirstBoot): Promise<void> {
    if (this.isOn) throw new Error(`${this.spec.name} is on already`);
    this.#boots += 1;
    // UEFI keeps its settings in flash; they last from boot to boot, as they do on a board
    const { flash } = setupOf(this.spec.firmware);
    if (this.#boots === 1 && flash !== null) await copyFile(flash.vars, this.#flash);
    const [command, args] = inNamespace(this.#network.wireNamespace, 'qemu-system-x86_64', this.#args(first));
    const logFile = join(this.#dir, `${this.spec.name}-qemu.log`);
    this.#process = await this.#processes.start(command, args, { logFile });
    if (first === 'network') await this.#bootDiskNext();
  }

  /** Pulls the plug. */
  async powerOff(): Promise<void> {
    if (this.#process !== undefined) await stopProcess(this.#process, 3000);
  }

  /** Presses the power button: an installed system shuts down in order. */
  async pressPowerButton(): Promise<void> {
    await sendQmp(this.monitorSocket, 'system_powerdown');
  }

  /** Resolves when the guest has switched itself off or rebooted. */
  async waitUntilOff(): Promise<void> {
    if (this.#process !== undefined && !hasEnded(this.#process)) await once(this.#process, 'exit');
    if (this.#process?.exitCode !== 0) throw new Error(`QEMU failed: ${await this.#qemuSaid()}`);
  }

  async readSerial(): Promise<string> {
    return readFile(this.serialLog, 'utf8').catch(() => '');
  }

  get #flash(): string {
    return join(this.#dir, `${this.spec.name}.flash`);
  }

  async #qemuSaid(): Promise<string> {
    const log = await readFile(join(this.#dir, `${this.spec.name}-qemu.log`), 'utf8').catch(() => '');
    return log.trim().split('\n').slice(-5).join('\n') || `signal ${this.#process?.signalCode}`;
  }

  /** From the next reset on the disk comes first: the network behind it, as no two devices share a place. */
  async #bootDiskNext(): Promise<void> {
    const nic = { path: '/machine/peripheral/nic0', property: 'bootindex', value: AFTER_DISK };
    // It listens a moment after it was started.
    await waitFor({ what: "QEMU's monitor", limitMs: 10_000, everyMs: 20 }, () =>
      sendQmp(this.monitorSocket, 'qom-set', nic).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return undefined;
          throw error;
        },
      ),
    );
  }

  #args(first: FirstBoot | undefined): string[] {
    const { name, mac, disk, memoryMb, cpus, firmware } = this.spec;
    const { machine, args } = setupOf(firmware);
    const nicIndex = first === 'disk' ? AFTER_DISK : 1;
    return [
      // a framebuffer is slow under emulation
      ...['-name', name, '-machine', machine, '-display', 'none', '-vga', 'none'],
      ...(first === undefined ? ['-no-reboot'] : []),
      ...this.#accelerator.args,
      ...['-m', String(memoryMb), '-smp', String(cpus), '-device', 'virtio-rng-pci'],
      ...['-netdev', `tap,id=net0,ifname=${TAP},script=no,downscript=no`],
      ...[
        '-device',
        `virtio-net-pci,id=nic0,netdev=net0,mac=${mac},bootindex=${nicIndex}${this.#romOption()}`,
      ],
      ...diskArgs(disk),
      ...[
        '-chardev',
        `socket,id=serial0,path=${this.serialSocket},server=on,wait=off,logfile=${this.serialLog}`,
      ],
      ...['-serial', 'chardev:serial0', '-monitor', 'none'],
      ...['-qmp', `unix:${this.monitorSocket},server=on,wait=off`],
      ...args,
      ...this.#flashArgs(),
    ];
  }

  /** UEFI gets no option ROM: its own PXE stack has to fetch a loader by TFTP, as a real board does. */
  #romOption(): string {
    return this.spec.firmware === 'bios' ? '' : ',romfile=';
  }

  #flashArgs(): string[] {
    const { flash } = setupOf(this.spec.firmware);
    if (flash === null) return [];
    return [
      ...['-drive', `if=pflash,format=raw,readonly=on,file=${flash.code}`],
      ...['-drive', `if=pflash,format=raw,file=${this.#flash}`],
    ];
  }
}

function diskArgs(disk: string | null): string[] {
  if (disk === null) return [];
  return [
    ...['-drive', `if=none,id=disk0,format=raw,file=${disk},cache=unsafe,discard=unmap`],
    ...['-device', 'virtio-blk-pci,drive=disk0,bootindex=2'],
  ];
}
