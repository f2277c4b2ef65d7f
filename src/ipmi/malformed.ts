/** Bytes of a BMC that are no valid message. Tells which message is wrong and how; what to do with it, the caller decides. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** A value that cannot be put on the wire as asked. Nothing is cut to fit. */
export class UnencodableMessage extends Error {
  override readonly name = 'UnencodableMessage';
}

/** Throws MalformedMessage where `bytes` are fewer than `length`. Longer is fine: later versions of messages add fields. */
export function needBytes(bytes: Buffer, length: number, what: string): void {
  if (bytes.length < length)
    throw new MalformedMessage(`${what} is cut off: ${bytes.length} bytes of ${length}`);
}
