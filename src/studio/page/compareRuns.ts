/** Runs side by side: which did best. */
import type { RunRecord } from '../../steps/train/trainState.ts';
import { formatShare } from './format.ts';

/** How far a run is below its own neighbour counts, where both are known. */
export function belowNeighbours({ summary, reference }: RunRecord): number | null {
  const lines = summary?.reference ?? reference;
  if (summary?.heldOut == null || lines === null) return null;
  return lines.neighbours - summary.heldOut.loss;
}

/** The verdict over the runs that ended, in a sentence or two; null where fewer than two can be compared. */
export function compareRuns(runs: readonly RunRecord[]): string | null {
  const ended = runs.filter(({ summary }) => summary?.heldOut != null);
  if (ended.length < 2) return null;
  // Another text, split or vocabulary has another line: then the distance from it is what compares.
  const lines = new Set(ended.map(({ summary }) => summary?.reference?.neighbours.toFixed(6)));
  const distanceOf = (run: RunRecord): number =>
    lines.size === 1 ? -(run.summary?.heldOut?.loss ?? Number.NaN) : (belowNeighbours(run) ?? Number.NaN);
  const ordered = ended.filter((run) => !Number.isNaN(distanceOf(run))).sort((a, b) => distanceOf(b) - distanceOf(a));
  const [best, next] = ordered;
  if (best?.summary?.heldOut == null || next?.summary?.heldOut == null) return null;
  const { loss, standardError, top1 } = best.summary.heldOut;
  const lead = distanceOf(best) - distanceOf(next);
  const what =
    lines.size === 1
      ? `has the lowest held-out loss, ${loss.toFixed(2)} (masked accuracy ${formatShare(top1)})`
      : `has the held-out loss furthest below its own neighbour counts, by ${(belowNeighbours(best) ?? 0).toFixed(2)} nats`;
  // The masks are the same, so the difference is surer than either figure; twice the larger error is on the safe side.
  const isClear = lead > 2 * Math.max(standardError, next.summary.heldOut.standardError);
  return isClear
    ? `${best.name} ${what}: ${lead.toFixed(2)} nats better than ${next.name}, the runner-up. One run of each says nothing about other seeds.`
    : `${best.name} ${what}, but ${next.name} is only ${lead.toFixed(2)} nats behind: that may be due to the choice of masks or the seed.`;
}
