/** The smallest file that is a PE program for this machine type (0x8664 x64, 0x014c IA32, 0xaa64 ARM64). */
export function efiProgram(machine: number, content = ''): Buffer {
  const bytes = Buffer.alloc(0x60 + content.length);
  bytes.write('MZ');
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write('PE\0\0', 0x40, 'latin1');
  bytes.writeUInt16LE(machine, 0x44);
  bytes.write(content, 0x60);
  return bytes;
}

/** The packages of a machine that is made of values. */
export class FakePackages {
  /** Versions of what is installed. */
  readonly installed = new Map<string, string>();
  readonly files = new Map<string, Buffer>();

  async versions(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map([...this.installed].filter(([name]) => names.includes(name)));
  }

  async read(path: string): Promise<Buffer | undefined> {
    return this.files.get(path);
  }
}
