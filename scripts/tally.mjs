// @ts-check
/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ status?: string, assertionResults?: unknown[] }} TestFile
 * @typedef {{ numPassedTests?: number, numFailedTests?: number, numPendingTests?: number, numTodoTests?: number,
 *   testResults?: TestFile[] }} VitestReport
 */

/** @type {Tally} */
export const NONE = { passed: 0, failed: 0, skipped: 0 };

/** @param {Tally} a @param {Tally} b @returns {Tally} */
export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/**
 * Counts of one vitest run. A file that broke before its first test counts as one failed test, and so does a run
 * that failed without naming one (an unhandled rejection, no test found): failure is never summed to zero.
 * @param {VitestReport | undefined} report undefined where vitest wrote none
 * @param {number} exitStatus
 * @returns {Tally}
 */
export function countVitest(report, exitStatus) {
  const broken = (report?.testResults ?? []).filter(
    (file) => file.status === 'failed' && (file.assertionResults ?? []).length === 0,
  ).length;
  const failed = (report?.numFailedTests ?? 0) + broken;
  return {
    passed: report?.numPassedTests ?? 0,
    failed: failed === 0 && (exitStatus !== 0 || report === undefined) ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  };
}

/** `12 passed, 0 failed`, with `, 3 skipped` where some were. @param {Tally} tally */
export function closingLine(tally) {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}

/** 0 only if something was tested and nothing failed. @param {Tally} tally */
export function statusOf(tally) {
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}
