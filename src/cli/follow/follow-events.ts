import type { Client, SystemClient } from '../../client/client.ts';
import { ApiError, Unreachable } from '../../client/errors.ts';
import type { FollowedEvents } from '../../client/event-client.ts';
import type { BootEvent } from '../../domain/boot/boot-event.ts';
import { type ExitCode, NO_SUCH_ROUTE } from '../exit-codes.ts';

const PAGE = 500;
const POLL_MS = 2_000;
/** Half a minute of silence is a restart of the server; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 15;

/** What is followed, and what becomes of it. */
export interface Following {
  readonly name: string;
  /** Only events after this id. */
  readonly after: number | undefined;
  readonly show: (event: BootEvent) => void;
  /** Looks at the record; what it gives back is asked for the exit code once every event until then is shown. */
  readonly look: () => Promise<(() => ExitCode | undefined) | undefined>;
  /** Is it worth another look? */
  readonly mayBeOver: (event: BootEvent) => boolean;
}

interface Edges {
  readonly sleep: (ms: number) => Promise<void>;
  readonly say: (text: string) => void;
}

/**
 * Shows every event once, in order, as they come: by a stream, or where there is none (an older server, too many
 * streams) by asking every two seconds. Goes on where it was after a restart of the server. Resolves with the exit code
 * that `look` gave; without one it has no end.
 */
export async function followEvents(following: Following, client: Client, edges: Edges): Promise<ExitCode> {
  const { name, show, look, mayBeOver } = following;
  let last = following.after;
  let hasStreams = true;
  let answered = false;
  let silentPolls = 0;
  let isWorthALook = false;
  const take = (event: BootEvent): boolean => {
    // Counted one by one: if what comes next fails, what has been shown is not shown again.
    if (last !== undefined && event.id <= last) return isWorthALook;
    last = event.id;
    show(event);
    isWorthALook ||= mayBeOver(event);
    return isWorthALook;
  };
  for (;;) {
    try {
      // The state first, the events after it: so the events of a finished install have all been read.
      isWorthALook = false;
      const verdict = await look();
      await readNew(client.systems, name, last, take);
      answered = true;
      silentPolls = 0;
      const code = verdict?.();
      if (code !== undefined) return code;
      // What came between the look and now may be the end.
      if (isWorthALook) continue;
      const stream: FollowedEvents | undefined = hasStreams
        ? await openStream(client, name, last)
        : undefined;
      hasStreams = stream !== undefined;
      if (stream !== undefined && (await takeUntil(stream, take))) continue;
    } catch (error) {
      if (!(error instanceof Unreachable) || !answered) throw error;
      silentPolls += 1;
      if (silentPolls > POLLS_WITHOUT_ANSWER) throw error;
      if (silentPolls === 1) edges.say('the server does not answer; trying again');
    }
    await edges.sleep(POLL_MS);
  }
}

/** Hands every event after `after` on, page by page. */
export async function readNew(
  systems: SystemClient,
  name: string,
  after: number | undefined,
  take: (event: BootEvent) => void,
): Promise<void> {
  let last = after;
  for (;;) {
    const page = { limit: PAGE, ...(last === undefined ? {} : { after: last }) };
    const { items } = await systems.timeline(name, page);
    const fresh = items.filter((event) => last === undefined || event.id > last);
    fresh.forEach(take);
    last = fresh.at(-1)?.id ?? last;
    // Not "shorter than the page asked for": the server may have a smaller limit of its own.
    if (fresh.length === 0) return;
  }
}

/** Undefined: this server has none to give. */
async function openStream(
  client: Client,
  name: string,
  last: number | undefined,
): Promise<FollowedEvents | undefined> {
  try {
    return await client.events.follow(name, last ?? 0);
  } catch (error) {
    if (error instanceof ApiError && (error.code === NO_SUCH_ROUTE || error.code === 'too-many'))
      return undefined;
    throw error;
  }
}

/** True: an event came after which the record is worth a look. False: the stream has ended. */
async function takeUntil(
  { items, close }: FollowedEvents,
  take: (event: BootEvent) => boolean,
): Promise<boolean> {
  try {
    for await (const event of items) if (take(event)) return true;
    return false;
  } finally {
    close();
  }
}
