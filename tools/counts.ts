/** How many tests passed and failed, from what the test runners report. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export interface SuiteCounts extends Counts {
  /** Full names, since a test that is skipped silently is a defect. */
  readonly skipped: readonly string[];
}

/** The last line of every test command. */
export function countsLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

interface VitestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Counts of `vitest --reporter=json`. A file that could not even be loaded has no tests, so it counts as one failure.
 */
export function vitestCounts(report: VitestReport): SuiteCounts {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + unloaded.length;
  const skipped = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => ['skipped', 'pending', 'todo'].includes(status)),
  );
  return {
    passed: report.numPassedTests,
    // An unhandled error outside every test fails the run and is in no count.
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: skipped.map(({ fullName }) => fullName),
  };
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
}

interface PlaywrightReport {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number };
  readonly suites: readonly PlaywrightSuite[];
  readonly errors: readonly unknown[];
}

/** Counts of `playwright test --reporter=json`. A flaky test passed only on a second try: it counts as failed. */
export function playwrightCounts({ stats, suites, errors }: PlaywrightReport): SuiteCounts {
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: failed === 0 && errors.length > 0 ? 1 : failed,
    skipped: suites.flatMap(skippedSpecs),
  };
}

function skippedSpecs(suite: PlaywrightSuite): string[] {
  const own = suite.specs.filter(({ tests }) => tests.some(({ status }) => status === 'skipped'));
  return [...own.map(({ title }) => title), ...(suite.suites ?? []).flatMap(skippedSpecs)];
}
