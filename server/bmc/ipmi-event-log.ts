import type { BmcLogEntry } from '../../src/domain/power/bmc-driver.ts';
import { COMPLETED } from '../../src/ipmi/completion-codes.ts';
import {
  decodeSelEntry,
  decodeSelInfo,
  FIRST_SEL_RECORD,
  GET_SEL_INFO,
  getSelEntry,
  LAST_SEL_RECORD,
  type SelEntry,
} from '../../src/ipmi/sel.ts';
import { type IpmiCommands, readAnswer, refusal } from './ipmi-commands.ts';

/** The newest entries, newest first. */
export async function readLog(commands: IpmiCommands, limit: number): Promise<readonly BmcLogEntry[]> {
  const { entries } = await commands.read(GET_SEL_INFO, decodeSelInfo);
  if (entries === 0 || limit <= 0) return [];
  const found = (await readTail(commands, entries, limit)) ?? (await readFrom(commands, FIRST_SEL_RECORD));
  return (found ?? []).slice(-limit).reverse().map(toLogEntry);
}

/**
 * The log can only be walked forward. Most BMCs count their entries without gaps, so the one to begin with is guessed from
 * the last; undefined where there is none of that number.
 */
async function readTail(
  commands: IpmiCommands,
  entries: number,
  limit: number,
): Promise<readonly SelEntry[] | undefined> {
  if (entries <= limit) return undefined;
  const last = await commands.read(getSelEntry(LAST_SEL_RECORD), decodeSelEntry);
  const first = last.entry.id - limit + 1;
  return first > FIRST_SEL_RECORD ? readFrom(commands, first) : undefined;
}

/** All entries from one on; undefined where the BMC has none of that number. */
async function readFrom(commands: IpmiCommands, first: number): Promise<readonly SelEntry[] | undefined> {
  const found = new Map<number, SelEntry>();
  for (let id = first; ; ) {
    const request = getSelEntry(id);
    const response = await commands.ask(request);
    if (response.completionCode !== COMPLETED) {
      if (found.size === 0) return undefined;
      throw refusal(request, response.completionCode);
    }
    const { entry, next } = readAnswer(response.data, decodeSelEntry);
    // A log that goes round in circles must not keep us.
    if (found.has(entry.id)) break;
    found.set(entry.id, entry);
    if (next === LAST_SEL_RECORD) break;
    id = next;
  }
  return [...found.values()];
}

function toLogEntry({ id, atSeconds, message }: SelEntry): BmcLogEntry {
  return {
    id: String(id),
    at: atSeconds === null ? null : new Date(atSeconds * 1000).toISOString(),
    message,
  };
}
