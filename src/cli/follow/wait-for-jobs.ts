import { Unreachable } from '../../client/errors.ts';
import type { PowerClient } from '../../client/power-client.ts';
import { type Job, type JobItem, type JobReceipt, OPEN_JOB_STATES } from '../../domain/power/job.ts';
import type { CommandContext } from '../command.ts';

const POLL_MS = 1_000;
/** Half a minute of silence is a restart of the server, which goes on with its jobs; more is a server that is gone. */
const POLLS_WITHOUT_ANSWER = 30;
const MOST_JOBS = 20_000;
/** Jobs of others that were joined are asked for by number; so many fit into one request. */
const IDS_AT_ONCE = 500;

/** Waits until every job of the receipt is over, and gives back its items with the jobs as they are then. */
export async function waitForJobs(
  { batch, items }: JobReceipt,
  client: PowerClient,
  { deps, out }: CommandContext,
): Promise<readonly JobItem[]> {
  const joined = items.flatMap(({ job, joined }) => (job !== null && joined ? [job.id] : []));
  const count = items.filter(({ job }) => job !== null).length;
  let jobs = new Map(items.flatMap(({ job }) => (job === null ? [] : [[job.id, job]])));
  let told = 0;
  let silent = 0;
  for (;;) {
    const open = [...jobs.values()].filter(isOpen).length;
    if (count - open > told && deps.stderr.isTTY && count > 1) out.say(`${count - open} of ${count} done`);
    told = count - open;
    if (open === 0)
      return items.map((item) => ({ ...item, job: item.job && (jobs.get(item.job.id) ?? item.job) }));
    await deps.sleep(POLL_MS);
    try {
      jobs = new Map([...jobs, ...(await readJobs(client, batch, joined))]);
      silent = 0;
    } catch (error) {
      silent += 1;
      if (!(error instanceof Unreachable) || silent > POLLS_WITHOUT_ANSWER) throw error;
      if (silent === 1) out.say('the server does not answer; trying again');
    }
  }
}

async function readJobs(
  client: PowerClient,
  batch: string,
  joined: readonly number[],
): Promise<(readonly [number, Job])[]> {
  const lists = [await client.jobs({ batch, limit: MOST_JOBS })];
  for (let from = 0; from < joined.length; from += IDS_AT_ONCE)
    lists.push(await client.jobs({ ids: joined.slice(from, from + IDS_AT_ONCE), limit: MOST_JOBS }));
  return lists.flatMap((list) => list.items.map((job) => [job.id, job] as const));
}

function isOpen({ state }: Job): boolean {
  return OPEN_JOB_STATES.includes(state);
}
