import { describe, expect, it } from 'vitest';
import { add, closingLine, countVitest, failuresOf, NONE, statusOf } from '../../scripts/tally.mjs';

const passedFile = { status: 'passed', assertionResults: [{}] };

describe('countVitest', () => {
  const cases = [
    {
      name: 'counts tests, and todo as skipped',
      report: {
        numPassedTests: 7,
        numFailedTests: 0,
        numPendingTests: 2,
        numTodoTests: 1,
        testResults: [passedFile],
      },
      exitStatus: 0,
      tally: { passed: 7, failed: 0, skipped: 3 },
    },
    {
      name: 'counts a file that broke before its first test',
      report: {
        numPassedTests: 7,
        numFailedTests: 1,
        testResults: [
          { status: 'failed', assertionResults: [] },
          { status: 'failed', assertionResults: [{}] },
        ],
      },
      exitStatus: 1,
      tally: { passed: 7, failed: 2, skipped: 0 },
    },
    {
      name: 'counts a run that failed without a failed test (unhandled rejection)',
      report: { numPassedTests: 7, numFailedTests: 0, testResults: [passedFile] },
      exitStatus: 1,
      tally: { passed: 7, failed: 1, skipped: 0 },
    },
    {
      name: 'counts a run that left no report',
      report: undefined,
      exitStatus: 0,
      tally: { ...NONE, failed: 1 },
    },
  ];
  for (const { name, report, exitStatus, tally } of cases) {
    it(name, () => expect(countVitest(report, exitStatus)).toEqual(tally));
  }
});

describe('failuresOf', () => {
  it('names each test that failed and each file that broke, with the beginning of why', () => {
    const report = {
      testResults: [
        { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'fine' }] },
        {
          name: 'b.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'fine' },
            { status: 'failed', fullName: 'sums', failureMessages: ['expected 1\nto be 2'] },
          ],
        },
        { name: 'c.test.ts', status: 'failed', message: 'no such file', assertionResults: [] },
      ],
    };
    expect(failuresOf(report)).toEqual([
      'b.test.ts: sums\n    expected 1\n    to be 2',
      'c.test.ts: (the file itself)\n    no such file',
    ]);
  });

  it('is empty where there is no report', () => expect(failuresOf(undefined)).toEqual([]));
});

describe('closing line and exit status', () => {
  const cases = [
    { tally: { passed: 12, failed: 0, skipped: 0 }, line: '12 passed, 0 failed', status: 0 },
    { tally: { passed: 12, failed: 0, skipped: 2 }, line: '12 passed, 0 failed, 2 skipped', status: 0 },
    { tally: { passed: 12, failed: 1, skipped: 0 }, line: '12 passed, 1 failed', status: 1 },
    { tally: { passed: 0, failed: 0, skipped: 3 }, line: '0 passed, 0 failed, 3 skipped', status: 1 },
  ];
  for (const { tally, line, status } of cases) {
    it(line, () => {
      expect(closingLine(tally)).toBe(line);
      expect(statusOf(tally)).toBe(status);
    });
  }

  it('adds', () => {
    expect(add({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 })).toEqual({
      passed: 11,
      failed: 22,
      skipped: 33,
    });
  });
});
