import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentFiles } from './agent.ts';
import type { Processes } from './processes.ts';

export interface Accelerator {
  readonly name: 'kvm' | 'tcg';
  readonly args: readonly string[];
  readonly reason: string;
}

// cmpxchg16b off: with QEMU 7.2 and Linux 6.12 guests it left garbage in EFLAGS and machines died at random
const TCG = ['-accel', 'tcg,thread=multi', '-cpu', 'qemu64,-cx16'];
const KVM = ['-accel', 'kvm', '-cpu', 'host'];
const PROBE_LIMIT_MS = 20_000;

/**
 * Hardware virtualisation if it really carries a guest. That /dev/kvm opens proves nothing: there are hosts where
 * the firmware starts and the kernel then hangs for ever. So a tiny kernel has to boot and switch itself off.
 */
export async function chooseAccelerator(
  processes: Processes,
  agent: AgentFiles,
  workDir: string,
): Promise<Accelerator> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return { name: 'tcg', args: TCG, reason: 'no usable /dev/kvm' };
  }
  const serial = join(workDir, 'kvm-probe.serial');
  try {
    await processes.run('qemu-system-x86_64', probeArgs(agent, serial), { timeoutMs: PROBE_LIMIT_MS });
    const said = await readFile(serial, 'utf8');
    if (said.includes('reboot: Power down'))
      return { name: 'kvm', args: KVM, reason: 'a probe guest ran to its end' };
    return { name: 'tcg', args: TCG, reason: 'the KVM probe guest ended without switching itself off' };
  } catch {
    return { name: 'tcg', args: TCG, reason: 'the KVM probe guest did not come up' };
  }
}

/** The agent without an answer file gives up at once, and is told to switch off when it does. */
function probeArgs(agent: AgentFiles, serial: string): string[] {
  return [
    ...[
      '-machine',
      'q35',
      ...KVM,
      '-m',
      '512',
      '-display',
      'none',
      '-vga',
      'none',
      '-nic',
      'none',
      '-no-reboot',
    ],
    ...['-kernel', agent.kernel, '-initrd', agent.initrd],
    ...[
      '-append',
      'console=ttyS0 provision.onfail=poweroff',
      '-serial',
      `file:${serial}`,
      '-monitor',
      'none',
    ],
  ];
}
