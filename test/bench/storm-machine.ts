import { formatIpv4 } from '../../src/domain/network/ipv4.ts';
import type { BoundMachine } from '../support/pxe-storm.ts';
import { isPattern } from './pattern.ts';
import { fetchByHttp, fetchText, type HttpWish } from './storm-http.ts';
import { fetchByTftp } from './storm-tftp.ts';

/** What a machine does after its ACK, in this order: the answer file is the last, as it spends the attempt. */
export const STAGES = ['loader', 'script', 'kernel', 'answer'] as const;
export type Stage = (typeof STAGES)[number];

/** The files, whose every byte is checked (see pattern.ts). */
export interface StormFiles {
  readonly loaderBytes: number;
  readonly kernelBytes: number;
}

export interface BootListeners {
  readonly boot: (stage: Stage, tookMs: number) => void;
  readonly repeat: (stage: Stage) => void;
}

/** The header's `file`, RFC 2131 §2. */
const FILE_AT = 108;
const FILE_BYTES = 128;

/** The name of the loader that an ACK gives. Throws where it gives none. */
export function loaderNameOf(ack: Buffer): string {
  const field = ack.subarray(FILE_AT, FILE_AT + FILE_BYTES);
  const end = field.indexOf(0);
  const name = field.toString('latin1', 0, end === -1 ? field.length : end);
  if (name === '') throw new Error('the ACK names no loader');
  return name;
}

/**
 * Goes on from an ACK: the loader by TFTP, then, as the iPXE that it would be, the boot script, the kernel and the answer
 * file by HTTP, all from the machine's own address. Rejects with the stage and the reason.
 */
export async function bootMachine(
  { address, mac }: Pick<BoundMachine, 'address' | 'mac'>,
  loader: string,
  { server, files, on }: { server: string; files: StormFiles; on: BootListeners },
): Promise<void> {
  const from = formatIpv4(address);
  const stage = async <T>(name: Stage, work: (onRepeat: () => void) => Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    try {
      const result = await work(() => on.repeat(name));
      on.boot(name, performance.now() - startedMs);
      return result;
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const wish = (path: string): HttpWish => ({ from, host: server, port: 80, path });
  await stage('loader', (onRepeat) =>
    fetchByTftp({ from, server, name: loader, bytes: files.loaderBytes }, onRepeat),
  );
  const script = await stage('script', (onRepeat) => fetchText(wish(`/boot/ipxe/${dashed(mac)}`), onRepeat));
  const token = /^kernel .*\/i\/([\w-]+)\/kernel /m.exec(script)?.[1];
  if (token === undefined) throw new Error(`script: it loads no kernel: ${script}`);
  await stage('kernel', async (onRepeat) => {
    let received = 0;
    const take = (piece: Buffer, offset: number) => {
      if (!isPattern(piece, offset)) throw new Error(`other bytes after ${offset}`);
      received = offset + piece.length;
    };
    await fetchByHttp(wish(`/i/${token}/kernel`), take, onRepeat);
    if (received !== files.kernelBytes) throw new Error(`${received} bytes`);
  });
  const answer = await stage('answer', (onRepeat) => fetchText(wish(`/i/${token}/answer`), onRepeat));
  if (!answer.includes(`/i/${token}/`)) throw new Error('answer: it is not the one of this install');
}

function dashed(mac: number): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replace(/(..)(?=.)/g, '$1-');
}
