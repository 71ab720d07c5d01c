/**
 * `npm test`: every suite, two at a time, since each leaves a part of a second core idle; goes on after a failure, so that one
 * run tells everything. Every line of output begins with the name of its suite.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { countsLine, playwrightCounts, type SuiteCounts, vitestCounts } from './counts.ts';
import { runTool, type ToolOptions, type ToolResult } from './tools.ts';

interface Suite {
  readonly name: string;
  readonly run: (reportPath: string, options: ToolOptions) => Promise<ToolResult>;
  /** null where the suite has no report of its own: it is one test, which passed if the tool did. */
  readonly count: ((report: never) => SuiteCounts) | null;
}

const vitestSuite = (name: string): Suite => ({
  name,
  run: (path, options) =>
    runTool(
      'vitest',
      ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile=${path}`],
      options,
    ),
  count: vitestCounts,
});

const UNIT = vitestSuite('unit');
const GPU = vitestSuite('gpu');
const INTEROP = vitestSuite('interop');
const BROWSERS = vitestSuite('browsers');
const BUILD: Suite = {
  name: 'build',
  run: (_, options) => runTool('vite', ['build', '--logLevel', 'warn'], options),
  count: null,
};
const E2E: Suite = {
  name: 'e2e',
  run: (path, { output }) =>
    runTool('playwright', ['test', '--project', 'journeys', '--reporter=list,json'], {
      output,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: path },
    }),
  count: playwrightCounts,
};

/** In the order of the summary. */
const SUITES = [UNIT, GPU, BUILD, E2E, INTEROP, BROWSERS];
const LONGEST_NAME = Math.max(...SUITES.map(({ name }) => name.length));

/** Counts of one suite; a tool that failed without a report, or against it, is one failure. */
function countsOf({ count }: Suite, { code }: ToolResult, reportPath: string): SuiteCounts {
  if (count === null) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  if (!existsSync(reportPath)) return { passed: 0, failed: 1, skipped: [] };
  const counts = count(JSON.parse(readFileSync(reportPath, 'utf8')) as never);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

interface Outcome {
  readonly counts: SuiteCounts;
  readonly seconds: number;
}

/** Runs one suite; tells what it says as it comes. */
async function runSuite(suite: Suite, folder: string): Promise<Outcome> {
  const say = (line: string): void => console.log(`${suite.name.padEnd(LONGEST_NAME)} │ ${line}`);
  const reportPath = join(folder, `${suite.name}.json`);
  const result = await suite.run(reportPath, { output: say });
  const counts = countsOf(suite, result, reportPath);
  say(`${countsLine(counts)} (${result.seconds.toFixed(0)} s)`);
  return { counts, seconds: result.seconds };
}

/** The two rows of suites; what reads the built page waits for the build. */
async function runSuites(folder: string): Promise<Map<Suite, Outcome>> {
  const outcomes = new Map<Suite, Outcome>();
  const run = async (suite: Suite): Promise<void> => {
    outcomes.set(suite, await runSuite(suite, folder));
  };
  const built = run(BUILD);
  await Promise.all([
    built.then(() => run(E2E)),
    run(UNIT)
      .then(() => run(GPU))
      .then(() => built)
      .then(() => run(INTEROP))
      .then(() => run(BROWSERS)),
  ]);
  return outcomes;
}

async function testAll(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'folio-test-'));
  const lines: string[] = [];
  let [passed, failed] = [0, 0];
  try {
    const outcomes = await runSuites(folder);
    for (const suite of SUITES) {
      const outcome = outcomes.get(suite);
      if (outcome === undefined) throw new Error(`${suite.name} did not run`);
      const { counts, seconds } = outcome;
      passed += counts.passed;
      failed += counts.failed;
      lines.push(`${suite.name}: ${countsLine(counts)} (${seconds.toFixed(0)} s)`);
      for (const name of counts.skipped) lines.push(`  skipped: ${name}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${lines.join('\n')}\n${countsLine({ passed, failed })}`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await testAll();
