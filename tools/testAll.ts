/** `npm test`: every suite in sequence; goes on after a failure, so that one run tells everything. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { countsLine, playwrightCounts, type SuiteCounts, vitestCounts } from './counts.ts';
import { runTool, type ToolResult } from './tools.ts';

interface Suite {
  readonly name: string;
  readonly run: (reportPath: string) => Promise<ToolResult>;
  /** null where the suite has no report of its own: it is one test, which passed if the tool did. */
  readonly count: ((report: never) => SuiteCounts) | null;
}

const show = { output: 'show' } as const;

const vitestSuite = (name: string): Suite => ({
  name,
  run: (path) =>
    runTool(
      'vitest',
      ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile=${path}`],
      show,
    ),
  count: vitestCounts,
});

const SUITES: readonly Suite[] = [
  vitestSuite('unit'),
  vitestSuite('gpu'),
  { name: 'build', run: () => runTool('vite', ['build', '--logLevel', 'warn'], show), count: null },
  {
    name: 'e2e',
    run: (path) =>
      runTool('playwright', ['test', '--project', 'journeys', '--reporter=list,json'], {
        ...show,
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: path },
      }),
    count: playwrightCounts,
  },
  vitestSuite('interop'),
];

/** Counts of one suite; a tool that failed without a report, or against it, is one failure. */
function countsOf({ count }: Suite, { code }: ToolResult, reportPath: string): SuiteCounts {
  if (count === null) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  if (!existsSync(reportPath)) return { passed: 0, failed: 1, skipped: [] };
  const counts = count(JSON.parse(readFileSync(reportPath, 'utf8')) as never);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function testAll(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'folio-test-'));
  const lines: string[] = [];
  let [passed, failed] = [0, 0];
  try {
    for (const suite of SUITES) {
      console.log(`\n── ${suite.name} ──`);
      const reportPath = join(folder, `${suite.name}.json`);
      const result = await suite.run(reportPath);
      const counts = countsOf(suite, result, reportPath);
      passed += counts.passed;
      failed += counts.failed;
      lines.push(`${suite.name}: ${countsLine(counts)} (${result.seconds.toFixed(0)} s)`);
      for (const name of counts.skipped) lines.push(`  skipped: ${name}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${lines.join('\n')}\n${countsLine({ passed, failed })}`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await testAll();
