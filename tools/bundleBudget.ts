/** Fails if the first page's JavaScript is too large or holds tfjs. Run after a build. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { bundleComplaints, bundleReport, type Manifest } from './bundle.ts';
import { ROOT } from './tools.ts';

/** Gzipped, without what is loaded later. */
const BUDGET_BYTES = 350_000;

const dist = join(ROOT, 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Manifest;
const report = bundleReport(manifest, 'index.html', (file) => readFileSync(join(dist, file)));
const complaints = bundleComplaints(report, BUDGET_BYTES);
for (const complaint of complaints) console.error(complaint);
const [kilobytes, budget] = [report.gzipBytes, BUDGET_BYTES].map((bytes) => (bytes / 1000).toFixed(1));
console.log(`First page: ${kilobytes} kB of ${budget} kB gzipped JavaScript in ${report.files.length} files.`);
process.exitCode = complaints.length > 0 ? 1 : 0;
