/** What of a log is in its file: its beginning, and, after a line that says how much is left out, its end. */
export interface LogLayout {
  /** Size of the file, in bytes. */
  readonly fileBytes: number;
  /** Up to here the file is the log; the line that tells of the gap stands here. Equal to `fileBytes` without a gap. */
  readonly headBytes: number;
  /** Length of that line; 0 without a gap. */
  readonly gapLineBytes: number;
  /** What of the log is not in the file. */
  readonly leftOutBytes: number;
}

/** Begins no line of a machine, since those begin with a time. */
const GAP = /\n---- (\d{1,15}) bytes left out ----\n/;
const GAP_LINE_BYTES = 60;

export function gapLine(leftOutBytes: number): string {
  return `---- ${leftOutBytes} bytes left out ----\n`;
}

/** Longest line of a machine: `LINE_CHARS` of up to four bytes, and what is put around them. */
const LINE_BYTES = 40 * 1024;

/** Where the line that tells of a gap can be, in a log whose beginning is kept up to `headBytes` and the end of that line. */
export function gapWindow(headBytes: number): { readonly at: number; readonly length: number } {
  return { at: headBytes - 1, length: LINE_BYTES + GAP_LINE_BYTES };
}

/** The layout of a file by its size and the bytes of its window. */
export function readLayout(fileBytes: number, window: Buffer, headBytes: number): LogLayout {
  const text = window.toString('latin1');
  const match = GAP.exec(text);
  if (match === null) return { fileBytes, headBytes: fileBytes, gapLineBytes: 0, leftOutBytes: 0 };
  const [line, digits] = match;
  const at = gapWindow(headBytes).at + match.index + 1;
  return { fileBytes, headBytes: at, gapLineBytes: line.length - 1, leftOutBytes: Number(digits) };
}

/** Bytes that ever were in the log. */
export function totalBytes({ fileBytes, gapLineBytes, leftOutBytes }: LogLayout): number {
  return fileBytes - gapLineBytes + leftOutBytes;
}

/** Where an offset of the log is in the file, up to where one can read on, and how much was skipped to get there. */
export function placeOf(
  layout: LogLayout,
  offset: number,
): { readonly from: number; readonly fileAt: number; readonly fileEnd: number; readonly skipped: number } {
  const { headBytes, gapLineBytes, leftOutBytes, fileBytes } = layout;
  if (offset < headBytes) return { from: offset, fileAt: offset, fileEnd: headBytes, skipped: 0 };
  const from = Math.min(Math.max(offset, headBytes + leftOutBytes), totalBytes(layout));
  const fileAt = from - leftOutBytes + gapLineBytes;
  return { from, fileAt, fileEnd: fileBytes, skipped: Math.max(0, from - offset) };
}
