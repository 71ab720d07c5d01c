/** Grids of numbers as a few SVG paths, one for each shade, so that they print sharp and follow the colour scheme. */

/** Shades from faint to full. */
export const SHADES = 8;

/** The shade of a share between −1 and 1: its root, so that small shares can be seen. 0: not drawn. */
export function shadeOf(share: number): number {
  const shade = Math.min(SHADES, Math.floor(Math.sqrt(Math.abs(share)) * SHADES + 0.25));
  return share < 0 ? -shade || 0 : shade;
}

/**
 * A square map as paths in units of cells, with neighbouring cells of one shade in a row drawn as one.
 * @param peak the number that is drawn full
 * @returns a path for each shade, 1 to `SHADES`; negative where the numbers are
 * @example heatPaths(Float32Array.of(1, 1, 0, 1), 2) // [{ shade: 8, path: 'M0 0h2v1h-2zM1 1h1v1h-1z' }]
 */
export function heatPaths(map: Float32Array, columns: number, peak = 1) {
  const paths = new Map<number, string>();
  for (let row = 0; row * columns < map.length; row++) {
    for (let column = 0; column < columns; ) {
      const shade = shadeOf((map[row * columns + column] ?? 0) / peak);
      const start = column;
      while (column < columns && shadeOf((map[row * columns + column] ?? 0) / peak) === shade) column++;
      if (shade === 0) continue;
      const width = column - start;
      paths.set(shade, `${paths.get(shade) ?? ''}M${start} ${row}h${width}v1h-${width}z`);
    }
  }
  return [...paths].map(([shade, path]) => ({ shade, path })).sort((a, b) => a.shade - b.shade);
}

/** Lines below these weights can't be seen among the others, or beside them. */
const FAINTEST = 0.04;
const FAINTEST_OF_ONE = 0.005;
const MOST_LINES = 1500;

/** The lines to draw, strongest last: those of one token, or of all. @param peak the weight that is drawn full: 1 of them */
export function attentionLines(map: Float32Array, tokens: number, from: number | null, peak = 1) {
  const faintest = from === null ? FAINTEST : FAINTEST_OF_ONE;
  const lines: { from: number; to: number; weight: number }[] = [];
  for (let i = 0; i < map.length; i++) {
    const row = Math.floor(i / tokens);
    const weight = (map[i] ?? 0) / peak;
    if (Math.abs(weight) >= faintest && (from === null || from === row))
      lines.push({ from: row, to: i % tokens, weight });
  }
  return lines.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight)).slice(-MOST_LINES);
}
