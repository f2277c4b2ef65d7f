/** Words for times and numbers on pages. */

/** `12 s ago`, `3 min ago`, `2 h ago`, `5 days ago`; `in 3 h` for what is to come. */
export function distanceText(at: string, nowMs: number): string {
  const ms = Date.parse(at) - nowMs;
  if (Number.isNaN(ms)) return at;
  const words = lengthText(Math.abs(ms) / 1000);
  if (words === '0 s') return 'now';
  return ms < 0 ? `${words} ago` : `in ${words}`;
}

/** A length of time in its largest unit: `4 s`, `12 min`, `3 h`, `2 days`. */
export function lengthText(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** `2026-11-22 08:51:03`, in UTC like the logs of the server; the page says so once. */
export function timeText(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : date.toISOString().slice(0, 19).replace('T', ' ');
}

/** `5,000`. */
export function numberText(count: number): string {
  return count.toLocaleString('en-US');
}
