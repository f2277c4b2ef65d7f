import { printable } from '../domain/printable.ts';

const LONGEST = 300;

/** What a BMC wrote, for people: one line, at most 300 characters, nothing that a terminal obeys. */
export function bmcText(text: string): string {
  // Cut before it is escaped: a megabyte of control characters would become eight.
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return printable(short.replace(/\s+/g, ' ').trim());
}
