const OPCODE_DATA = 3;

/** Bytes of a DATA packet before the block's own. */
export const DATA_HEAD_BYTES = 4;

/** The heads of all DATA packets there can be, by block number on the wire (RFC 1350 §5): made once, never copied. */
export const DATA_HEADS = Buffer.alloc(65_536 * DATA_HEAD_BYTES);
for (let block = 0; block < 65_536; block += 1)
  DATA_HEADS.writeUInt32BE(OPCODE_DATA * 65_536 + block, block * DATA_HEAD_BYTES);
