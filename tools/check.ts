/** `npm run check`: everything that can be said about the code without running it. Names each part with ok or FAILED. */
import process from 'node:process';
import { countsLine } from './counts.ts';
import { runScript, runTool, SKIPPED, type ToolResult } from './tools.ts';

interface Part {
  readonly name: string;
  readonly run: () => Promise<ToolResult>;
}

const keep = { output: 'keep' } as const;

const PARTS: readonly Part[] = [
  { name: 'format and lint', run: () => runTool('biome', ['check', '--error-on-warnings'], keep) },
  { name: 'types of the page', run: () => runTool('tsc', ['-p', 'tsconfig.app.json'], keep) },
  { name: 'types of tools and tests', run: () => runTool('tsc', ['-p', 'tsconfig.node.json'], keep) },
  {
    name: 'layers and lengths',
    run: () => runTool('vitest', ['run', '--project', 'unit', 'src/layers.test.ts', 'tools/lines.test.ts'], keep),
  },
  { name: 'unused files, exports and packages', run: () => runTool('knip', ['--treat-config-hints-as-errors'], keep) },
  { name: 'build', run: () => runTool('vite', ['build', '--logLevel', 'warn'], keep) },
  { name: 'size of the first page', run: () => runScript('bundleBudget.ts', [], keep) },
  { name: 'licences', run: () => runScript('licences.ts', [], keep) },
  { name: 'known vulnerabilities', run: () => runScript('advisories.ts', [], keep) },
];

let failed = 0;
let skipped = 0;
for (const { name, run } of PARTS) {
  const { code, output, seconds } = await run();
  if (code === SKIPPED) {
    skipped += 1;
    console.log(`${name}: skipped, ${output.trim()} (${seconds.toFixed(1)} s)`);
    continue;
  }
  console.log(`${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds.toFixed(1)} s)`);
  if (code === 0) continue;
  failed += 1;
  console.log(output.trimEnd().replaceAll(/^/gm, '  '));
}
console.log(countsLine({ passed: PARTS.length - failed - skipped, failed }));
process.exitCode = failed === 0 ? 0 : 1;
