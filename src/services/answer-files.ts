import type { BootServer } from '../boot/bootfile.ts';
import type { StoredSystem } from '../store/store.ts';

/** For whom and from where a file is made: the install's token, and the address by which the machine reaches us. */
export interface Rendering {
  readonly token: string;
  readonly server: BootServer;
}

/** Makes what a machine is given out of its records. */
export interface AnswerFiles {
  render(
    system: StoredSystem,
    rendering: Rendering,
    mode: 'serve' | 'preview',
  ): Promise<{ readonly text: string; readonly contentType: string }>;
  kernelArgs(system: StoredSystem, rendering: Rendering): Promise<readonly string[]>;
  /** Where the kernel, initrd or image of the machine's profile lies; undefined if it has none. */
  pathOf(system: StoredSystem, name: 'kernel' | 'initrd' | 'image'): Promise<string | undefined>;
}
