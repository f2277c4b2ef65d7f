// @ts-check
/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @typedef {{ status?: string, fullName?: string, failureMessages?: string[] | null }} TestResult
 * @typedef {{ name?: string, status?: string, message?: string, assertionResults?: TestResult[] }} TestFile
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

const LINES_OF_A_FAILURE = 12;

/**
 * Every test that failed, with the first lines of why: what a reader of the end of a long log needs.
 * @param {VitestReport | undefined} report
 * @returns {string[]}
 */
export function failuresOf(report) {
  return (report?.testResults ?? [])
    .filter((file) => file.status === 'failed')
    .flatMap((file) => {
      const tests = (file.assertionResults ?? []).filter((test) => test.status === 'failed');
      if (tests.length === 0) return [describeFailure(file.name, '(the file itself)', file.message)];
      return tests.map((test) => describeFailure(file.name, test.fullName, test.failureMessages?.[0]));
    });
}

/** @param {string} [file] @param {string} [test] @param {string} [why] */
function describeFailure(file = '?', test = '?', why = '') {
  const lines = why.split('\n').slice(0, LINES_OF_A_FAILURE);
  return [`${file}: ${test}`, ...lines.map((line) => `    ${line}`)].join('\n');
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
