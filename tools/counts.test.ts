import { describe, expect, test } from 'vitest';
import { countsLine, playwrightCounts, vitestCounts } from './counts.ts';

const vitestFile = (status: string, tests: readonly (readonly [string, string])[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
});

describe('counts of vitest', () => {
  test('passed, failed and skipped tests', () => {
    const report = {
      success: false,
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [
        vitestFile('failed', [
          ['a', 'passed'],
          ['b', 'failed'],
        ]),
        vitestFile('passed', [
          ['c', 'passed'],
          ['d', 'skipped'],
        ]),
      ],
    };
    expect(vitestCounts(report)).toEqual({ passed: 2, failed: 1, skipped: ['d'] });
  });

  test('a file that can not be loaded is a failure', () => {
    const report = { success: false, numPassedTests: 5, numFailedTests: 0, testResults: [vitestFile('failed', [])] };
    expect(vitestCounts(report).failed).toBe(1);
  });

  test('an error outside every test is a failure', () => {
    const report = { success: false, numPassedTests: 5, numFailedTests: 0, testResults: [] };
    expect(vitestCounts(report).failed).toBe(1);
  });
});

describe('counts of Playwright', () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1 };

  test('a flaky test counts as failed, a skipped one is named', () => {
    const inner = { title: 'x', specs: [{ title: 'not here', tests: [{ status: 'skipped' }] }] };
    const suites = [{ title: 'file', specs: [{ title: 'fine', tests: [{ status: 'expected' }] }], suites: [inner] }];
    expect(playwrightCounts({ stats, suites, errors: [] })).toEqual({ passed: 3, failed: 2, skipped: ['not here'] });
  });

  test('an error outside every test is a failure', () => {
    const report = { stats: { expected: 0, unexpected: 0, flaky: 0 }, suites: [], errors: [{}] };
    expect(playwrightCounts(report).failed).toBe(1);
  });
});

test('the closing line', () => {
  expect(countsLine({ passed: 12, failed: 0 })).toBe('12 passed, 0 failed');
});
