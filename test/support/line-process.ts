import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A child that speaks JSON, one value a line, in both directions. */
export interface LineProcess<Event> {
  readonly child: ChildProcess;
  /** Every line so far. */
  readonly events: readonly Event[];
  /** The first event that fits, past or future; rejects, with what the child said, if it ends before. */
  find<Found extends Event>(fits: (event: Event) => event is Found): Promise<Found>;
  send(command: object): void;
  /** Resolves when it has ended. */
  ended(): Promise<void>;
}

/** Wraps a child with piped stdin, stdout and stderr. */
export function speakLines<Event>(child: ChildProcess): LineProcess<Event> {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('the child needs three pipes');
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  let said = '';
  let over = false;
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  createInterface({ input: stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as Event);
    wake();
  });
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true;
      wake();
      resolve();
    });
  });
  return {
    child,
    events,
    find: <Found extends Event>(fits: (event: Event) => event is Found) =>
      new Promise<Found>((resolve, reject) => {
        const look = () => {
          const found = events.find(fits);
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the child ended first; it said: ${said}`));
        };
        waiting.add(look);
        look();
      }),
    send: (command) => {
      stdin.write(`${JSON.stringify(command)}\n`);
    },
    ended: () => closed,
  };
}
