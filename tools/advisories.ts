/** Asks the package registry whether a vulnerability is known in what Folio ships. Without an answer it says so. */
import process from 'node:process';
import { runNpm, SKIPPED } from './tools.ts';

/** From here on a vulnerability stops a change. */
const GRAVE = ['high', 'critical'] as const;

interface Audit {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
}

async function audit(): Promise<number> {
  const { output } = await runNpm(['audit', '--omit=dev', '--json'], { output: 'keep' });
  const start = output.indexOf('{');
  const report = (start < 0 ? {} : JSON.parse(output.slice(start, output.lastIndexOf('}') + 1))) as Audit;
  const counts = report.metadata?.vulnerabilities;
  if (counts === undefined) {
    console.log('the package registry does not answer');
    return SKIPPED;
  }
  const grave = GRAVE.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  const names = Object.entries(report.vulnerabilities ?? {}).map(([name, { severity }]) => `${name}: ${severity}`);
  if (names.length > 0) console.log(names.join('\n'));
  return grave === 0 ? 0 : 1;
}

process.exitCode = await audit();
