/** Which way an arrow key goes, in rows and columns. */
export const ARROWS: ReadonlyMap<string, readonly [down: number, across: number]> = new Map([
  ['ArrowUp', [-1, 0]],
  ['ArrowDown', [1, 0]],
  ['ArrowLeft', [0, -1]],
  ['ArrowRight', [0, 1]],
]);
