// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// node --import tsx e2e/cases/run.mjs [--cases DIR] [id or kind …]: one line for each case that does not hold, and
// "N of M cases hold" at the end; exit 1 if one does not.
import { register } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

register('./rawImports.mjs', import.meta.url);
const { holdCases, runnableCases } = await import('./judge.mjs');

const { values, positionals } = parseArgs({ options: { cases: { type: 'string' } }, allowPositionals: true });
const folder = values.cases ?? fileURLToPath(new URL('.', import.meta.url));
const results = await holdCases(folder, runnableCases(folder, positionals));
const failed = results.filter(({ reasons }) => reasons.length > 0);
for (const { entry, reasons } of failed) console.log(`${entry.id} (${entry.kind}): ${reasons.join('; ')}`);
console.log(`${results.length - failed.length} of ${results.length} cases hold`);
process.exit(failed.length === 0 ? 0 : 1);
