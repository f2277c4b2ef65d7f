import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { waitFor } from './wait.ts';

/** Fails if the machine is off: for waits that need it to be on. */
export async function stillOn(machine: Machine): Promise<void> {
  if (!machine.isOn) throw new Error('the machine went off too early');
}

/** Waits for a word on the machine's console. */
export async function waitForConsole(machine: Machine, marker: string, limitMs: number): Promise<void> {
  await waitFor({ what: `"${marker}" on the console`, limitMs, everyMs: 200 }, async () => {
    const isOn = machine.isOn; // before the look: the last words of a machine count
    if ((await machine.readSerial()).includes(marker)) return true;
    if (!isOn) throw new Error(`the machine went off without saying "${marker}"`);
    return undefined;
  });
}

/** Waits until the guest has switched itself off or rebooted. */
export async function waitUntilOff(machine: Machine, limitMs: number): Promise<void> {
  await waitFor({ what: 'the machine to go off', limitMs, everyMs: 200 }, async () =>
    machine.isOn ? undefined : true,
  );
}

const CONSOLE_LINES = 40;
const SERVER_LINES = 15;

/** The ends of the newest console log and of the server's log below `workDir`: what one looks at first. */
export async function describeEvidence(workDir: string): Promise<string> {
  const parts: string[] = [];
  const names = await readdir(workDir, { recursive: true }).catch(() => []);
  const consoles = names.filter((name) => name.endsWith('.serial') && name.includes('-boot')).sort();
  const logs = [consoles.at(-1), names.filter((name) => name.endsWith('provisiond.log')).at(-1)];
  for (const [index, name] of logs.entries()) {
    if (name === undefined) continue;
    const text = await readFile(join(workDir, name), 'utf8').catch(() => '');
    const tail = visibleLines(text).slice(index === 0 ? -CONSOLE_LINES : -SERVER_LINES);
    parts.push(`--- end of ${name}`, ...tail.map((line) => line.slice(0, 400)));
  }
  return parts.join('\n');
}

/** A console's text without terminal control: cursor movement and colours would make a log unreadable. */
export function visibleLines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be removed
  const plain = text.replace(/\u001b(\[[0-9;=?]*[A-Za-z]|\([A-Z0-9]|[c78=>])/g, '');
  return plain.split(/[\r\n]+/).filter((line) => line.trim() !== '');
}
