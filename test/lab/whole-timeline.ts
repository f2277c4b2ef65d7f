import { type Lab, type Site, SYSTEM } from './lab.ts';

/** Prints the whole timeline as a user reads it. */
export async function sayTimeline({ stages }: Lab, { command }: Site): Promise<void> {
  const text = await command.text('system', 'timeline', SYSTEM);
  stages.say(`the whole timeline:\n${text.trimEnd()}`);
}
