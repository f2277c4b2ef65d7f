import { type Mac, macWithDashes } from '../domain/network/mac.ts';

/**
 * Kernel args with BOOTIF, where they have one, naming the NIC that boots now: a machine may boot by another than the
 * first of its record, and the installer would wait for the wrong one (F38).
 */
export function nameBootNic(kernelArgs: readonly string[], mac: Mac): string[] {
  return kernelArgs.map((arg) => (arg.startsWith('BOOTIF=') ? `BOOTIF=01-${macWithDashes(mac)}` : arg));
}
