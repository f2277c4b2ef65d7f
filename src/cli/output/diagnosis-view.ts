import type { Client } from '../../client/client.ts';
import { ApiError } from '../../client/errors.ts';
import type { DiagnosedStage, Diagnosis, MissingStage } from '../../domain/install/diagnosis.ts';
import { NO_SUCH_ROUTE } from '../exit-codes.ts';
import { formatTime } from '../flags/duration.ts';
import type { Output } from './output.ts';

/** The diagnosis of a system; undefined where the server is older and has none. */
export async function findDiagnosis(client: Client, name: string): Promise<Diagnosis | undefined> {
  try {
    return await client.diagnosis.get(name);
  } catch (error) {
    if (error instanceof ApiError && error.code === NO_SUCH_ROUTE) return undefined;
    throw error;
  }
}

/** Says where an install is, and what is missing, with what was seen, why that may be and what to do. */
export function sayDiagnosis({ install, stages, missing }: Diagnosis, out: Output): void {
  if (install === null) return;
  const attempt = install.attempts === 1 ? '' : `, attempt ${install.attempt} of ${install.attempts}`;
  out.say('');
  out.say(`install ${install.id} is ${install.state}${attempt}; of its way:`);
  for (const stage of stages) if (stage.state !== 'ahead') out.say(stageLine(stage));
  if (missing !== null) sayMissing(missing, out);
}

function stageLine({ name, says, state, reachedAt, tookSeconds }: DiagnosedStage): string {
  const time =
    reachedAt === null ? (state === 'missing' ? 'not reached' : 'not seen') : formatTime(reachedAt);
  const took = tookSeconds === null ? '' : `+${formatSeconds(tookSeconds)}`;
  return `  ${name.padEnd(11)}  ${time.padEnd(20)}  ${took.padStart(7)}  ${says}`;
}

function sayMissing({ says, waitedSeconds, isLate, cause, evidence }: MissingStage, out: Output): void {
  const waited = formatSeconds(waitedSeconds);
  out.say(
    isLate ? `missing: ${says} (${waited} and it did not come)` : `next: ${says} (waited for ${waited})`,
  );
  if (evidence.length > 0) out.say('what was seen:');
  for (const { at, says: seen } of evidence) out.say(`  ${at === null ? '' : `${formatTime(at)}  `}${seen}`);
  out.say(`${isLate ? 'likeliest cause' : 'if it does not come'}: ${cause.says}`);
  out.say(`${isLate ? 'do' : 'then'}: ${cause.hint}`);
}

/** `0.4 s`, `12 s`, `3 min`, `2.5 h`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
