/** `npm run lines`: how many lines each room of the page has, how many it may have, and how many it is to have. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './tools.ts';

interface Budget {
  /** What the room has today. A change that makes it shorter lowers it; one that has to raise it says why. */
  readonly limit: number;
  /** Where the redesign is to end. */
  readonly goal: string;
}

/** The folders of src/, files that lie in src/ itself, every style sheet together, and tools/. */
export const BUDGETS: Readonly<Record<string, Budget>> = {
  core: { limit: 2_369, goal: '1,800' },
  text: { limit: 8_996, goal: '3,000' },
  files: { limit: 5_290, goal: '2,900' },
  model: { limit: 1_160, goal: 'as now' },
  compute: { limit: 7_140, goal: '5,900' },
  studio: { limit: 3_745, goal: '2,600' },
  steps: { limit: 10_021, goal: '6,600' },
  charts: { limit: 1_779, goal: '1,900' },
  design: { limit: 857, goal: '600' },
  app: { limit: 1_211, goal: '1,100' },
  src: { limit: 120, goal: 'as now' },
  CSS: { limit: 2_132, goal: '2,000' },
  tools: { limit: 3_126, goal: '800' },
};

/** Lines by room, those of tests left out. */
export function countLines(root = ROOT): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of ['src', 'tools'].flatMap((folder) => filesUnder(root, folder))) {
    if (!/\.(tsx?|mjs|css)$/.test(path) || /\.test\.tsx?$/.test(path)) continue;
    const room = roomOf(path);
    const lines = readFileSync(join(root, path), 'utf8').split('\n').length - 1;
    counts.set(room, (counts.get(room) ?? 0) + lines);
  }
  return counts;
}

/** @example roomOf('src/core/rng.ts') === 'core' */
function roomOf(path: string): string {
  if (path.endsWith('.css')) return 'CSS';
  const [top = '', room = '', ...rest] = path.split('/');
  return top === 'src' && rest.length > 0 ? room : top;
}

function filesUnder(root: string, folder: string): string[] {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths.map((path) => `${folder}/${path}`.replaceAll('\\', '/'));
}

/** One sentence for each room that is longer than it may be. */
export function lineComplaints(
  counts: ReadonlyMap<string, number>,
  budgets: Readonly<Record<string, Budget>> = BUDGETS,
): string[] {
  return [...counts].flatMap(([room, lines]) => {
    const limit = budgets[room]?.limit;
    if (limit === undefined) return [`${room} has no budget.`];
    return lines > limit ? [`${room} has ${lines} lines; it may have ${limit}.`] : [];
  });
}

function printTable(): void {
  const counts = countLines();
  const write = (cells: readonly (string | number)[]): void => {
    const [room = '', ...numbers] = cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell));
    console.log(room.padEnd(8) + numbers.map((cell) => cell.padStart(18)).join(''));
  };
  write(['room', 'lines', 'limit', 'goal']);
  for (const [room, { limit, goal }] of Object.entries(BUDGETS)) write([room, counts.get(room) ?? 0, limit, goal]);
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);
  write(['all', sum(counts.values()), sum(Object.values(BUDGETS).map(({ limit }) => limit)), '30,000']);
}

if (process.argv[1]?.endsWith('lines.ts')) printTable();
