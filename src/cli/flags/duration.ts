const UNIT_MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

/** Minutes in a duration such as `30m`, `4h`, `2d` or `1h30m`; undefined if the text is none. */
export function parseDurationMinutes(text: string): number | undefined {
  if (!/^([0-9]{1,6}[mhd])+$/.test(text)) return undefined;
  let minutes = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)([mhd])/g)) {
    minutes += Number(count) * (UNIT_MINUTES[unit ?? ''] ?? 0);
  }
  return minutes;
}

/** Seconds in a duration such as `2s`, `90s`, `10m` or `1m30s`; undefined if the text is none. */
export function parseDurationSeconds(text: string): number | undefined {
  if (!/^([0-9]{1,6}[sm])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)([sm])/g))
    seconds += Number(count) * (unit === 'm' ? 60 : 1);
  return seconds;
}

/** How long from `now` until `at`, in words, to the nearest minute from one minute on: `in 3 h 59 min`, `12 min ago`, `now`. */
export function formatDistance(at: string, now: Date): string {
  const ms = Date.parse(at) - now.getTime();
  if (Number.isNaN(ms)) return at;
  const words = wordsOf(Math.floor(Math.abs(ms) / 1000));
  if (words === undefined) return 'now';
  return ms < 0 ? `${words} ago` : `in ${words}`;
}

function wordsOf(seconds: number): string | undefined {
  if (seconds < 1) return undefined;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** `2026-11-22 08:51:03Z`: readable, and still in UTC like the server's logs. Other text is given back as it is. */
export function formatTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
