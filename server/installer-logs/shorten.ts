import { gapLine, gapWindow, readLayout } from './log-layout.ts';

export interface LogLimits {
  /** Size that a file is shortened at. */
  readonly mostBytes: number;
  /** Of its beginning, which tells how the install began, so much is kept for good. */
  readonly headBytes: number;
  /** Of its end, so much is kept when it is shortened. */
  readonly tailBytes: number;
}

export const LOG_LIMITS: LogLimits = {
  mostBytes: 8 * 1024 * 1024,
  headBytes: 1024 * 1024,
  tailBytes: 4 * 1024 * 1024,
};

const LF = 0x0a;

/** A log without its middle: whole lines of the beginning and the end, and between them how much is left out of all. */
export function shortenLog(bytes: Buffer, { headBytes, tailBytes }: LogLimits): Buffer {
  const { at, length } = gapWindow(headBytes);
  const layout = readLayout(bytes.length, bytes.subarray(at, at + length), headBytes);
  const head = layout.gapLineBytes > 0 ? layout.headBytes : endOfLine(bytes, headBytes);
  const rest = head + layout.gapLineBytes;
  const tail = Math.max(rest, endOfLine(bytes, bytes.length - tailBytes));
  const gap = Buffer.from(gapLine(layout.leftOutBytes + tail - rest));
  return Buffer.concat([bytes.subarray(0, head), gap, bytes.subarray(tail)]);
}

/** The end of the line that goes over this place. */
function endOfLine(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LF, Math.max(0, at - 1));
  return end === -1 ? bytes.length : end + 1;
}
