/**
 * Moves labels apart so that none covers another, each as near to its own height as that allows.
 * @param gap smallest distance of two labels
 * @example spreadLabels([50, 52], 10, 0, 100) // [46, 56]
 */
export function spreadLabels(heights: readonly number[], gap: number, lowest: number, highest: number): number[] {
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  // Labels that touch form a block, centred on the mean of what its members want.
  const blocks: { members: number[]; centre: number }[] = [];
  const settle = (members: number[]): { members: number[]; centre: number } => {
    const mean = members.reduce((sum, index) => sum + (heights[index] ?? 0), 0) / members.length;
    const half = ((members.length - 1) * gap) / 2;
    return { members, centre: Math.min(Math.max(mean, lowest + half), Math.max(lowest + half, highest - half)) };
  };
  const bottom = ({ members, centre }: { members: number[]; centre: number }): number =>
    centre + ((members.length - 1) * gap) / 2;
  for (const index of order) {
    let block = settle([index]);
    let before = blocks.at(-1);
    while (before && block.centre - ((block.members.length - 1) * gap) / 2 - bottom(before) < gap) {
      blocks.pop();
      block = settle([...before.members, ...block.members]);
      before = blocks.at(-1);
    }
    blocks.push(block);
  }
  const placed = new Array<number>(heights.length).fill(0);
  for (const { members, centre } of blocks) {
    members.forEach((index, place) => {
      placed[index] = centre + (place - (members.length - 1) / 2) * gap;
    });
  }
  return placed;
}
