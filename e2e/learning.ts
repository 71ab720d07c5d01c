/**
 * `npm run test:learning`: the learning part of `npm run test:long` by itself, on other splits, seeds or texts. Half an hour
 * or more; docs/LEARNING.md has the figures.
 *
 *     npm run test:learning -- --runs 1:1,2:2,3:3        split seed : seed
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { countsLine } from '../tools/counts.ts';
import { failedLearningRuns } from './learningRuns.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1:1,2:2,3:3' },
    corpus: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
  },
});
const { corpus, backend } = values;
const runs = values.runs.split(',').map((run) => run.split(':') as [string, string]);
const failed = await failedLearningRuns({ runs, backend, ...(corpus !== undefined && { corpus }) });
console.log(countsLine({ passed: runs.length + 1 - failed, failed }));
process.exitCode = failed === 0 ? 0 : 1;
