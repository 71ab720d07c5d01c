/**
 * Products in which a workgroup computes a tile: it loads slices of both operands into its shared memory, `depth` numbers of
 * k at a time, and each thread computes 4 × 4 or 8 × 8 numbers. Where a product has fewer tiles than a graphics card has
 * processors, parts of the workgroup share out k among them and add up their sums at the end, always in the same order.
 */
import type { MatMul, MatMulKernel } from './product.ts';
import { lines } from './wgsl.ts';

/** How a workgroup divides a product. */
export interface SharedTile {
  /** Sides of the tile, in numbers. */
  readonly rows: number;
  readonly columns: number;
  /** Side of a thread's square, in numbers: 4 or 8. */
  readonly square: number;
  /** Numbers of k in a slice, a multiple of four. */
  readonly depth: number;
  /** Parts that k is divided into. */
  readonly parts: number;
}

/**
 * From the largest, which loads least for each number, to the smallest, which gives work to most processors. A product gets the
 * first of which it has `from` and more. Measured: docs/PERFORMANCE.md, “On a GPU”.
 */
export const TILES: readonly (SharedTile & { readonly from: number })[] = [
  { from: 300, rows: 128, columns: 64, square: 8, depth: 16, parts: 1 },
  { from: 200, rows: 64, columns: 64, square: 4, depth: 16, parts: 1 },
  { from: 80, rows: 32, columns: 32, square: 4, depth: 16, parts: 2 },
  { from: 0, rows: 16, columns: 16, square: 4, depth: 8, parts: 8 },
];

export function tileOf({ m, n }: MatMul): SharedTile {
  const enough = TILES.find(({ from, rows, columns }) => Math.ceil(m / rows) * Math.ceil(n / columns) >= from);
  return enough ?? (TILES.at(-1) as SharedTile);
}

/** Names and numbers that the WGSL is written with. */
interface Layout extends SharedTile {
  /** Threads of one part, and along a row of the tile. */
  readonly threads: number;
  readonly across: number;
  /** Vectors from one depth of a slice to the next: one more than its side, so that neighbours use different banks. */
  readonly pitchA: number;
  readonly pitchB: number;
  /** Numbers of k that a part adds up. */
  readonly stretch: number;
}

function layOut(tile: SharedTile, k: number): Layout {
  const across = tile.columns / tile.square;
  return {
    ...tile,
    across,
    threads: across * (tile.rows / tile.square),
    pitchA: tile.rows / 4 + 1,
    pitchB: tile.columns / 4 + 1,
    stretch: tile.depth * Math.ceil(k / tile.parts / tile.depth),
  };
}

export function sharedMatMul(product: MatMul, tile: SharedTile): MatMulKernel {
  const { m, n, k, form, epilogue } = product;
  const layout = layOut(tile, k);
  const { rows, columns, square, depth, parts, threads, across, pitchA, pitchB, stretch } = layout;
  const tilesAcross = Math.ceil(n / columns);
  const vectors = square / 4;
  const sums = square * vectors;
  const hasTotals = epilogue.finishSums !== undefined;
  const a = loadSlice(layout, 'A', product, form !== 'tn');
  const b = loadSlice(layout, 'B', product, form === 'nt');
  const size = Math.max(parts * depth * (pitchA + pitchB), parts > 1 ? threads * (sums + vectors) : 0);
  return {
    threads: tilesAcross * Math.ceil(m / rows) * threads * parts,
    workgroupSize: threads * parts,
    declarations: `var<workgroup> memory : array<vec4<f32>, ${size}>;`,
    body: `
      let firstRow = group / ${tilesAcross} * ${rows};
      let firstColumn = group % ${tilesAcross} * ${columns};
      let part = lane / ${threads};
      let own = lane % ${threads};
      let sliceA = part * ${depth * pitchA};
      let sliceB = ${parts * depth * pitchA} + part * ${depth * pitchB};
      let down = own / ${across};
      let right = own % ${across};
      let firstK = part * ${stretch};
      let endK = min(${k}, firstK + ${stretch});
      ${lines(sums, (at) => `var sum${at} = vec4<f32>(0.0);`)}
      ${hasTotals ? lines(vectors, (i) => `var total${i} = vec4<f32>(0.0);`) : ''}
      ${a.declare}
      ${b.declare}
      var start = firstK;
      ${a.read}
      ${b.read}
      for (var step = 0; step < ${stretch / depth}; step = step + 1) {
        ${a.write}
        ${b.write}
        workgroupBarrier();
        start = start + ${depth};
        if (step < ${stretch / depth - 1}) {
          ${a.read}
          ${b.read}
        }
        for (var d = 0; d < ${depth}; d = d + 1) {
          ${lines(vectors, (i) => `let a${i} = memory[sliceA + d * ${pitchA} + down + ${(i * rows) / square}];`)}
          ${lines(vectors, (j) => `let b${j} = memory[sliceB + d * ${pitchB} + right + ${j * across}];`)}
          ${lines(sums, (at) => {
            const [i, j] = [Math.floor(at / vectors), at % vectors];
            return `sum${at} = sum${at} + a${Math.floor(i / 4)}.${'xyzw'[i % 4]} * b${j};`;
          })}
          ${hasTotals ? lines(vectors, (i) => `total${i} = total${i} + a${i};`) : ''}
        }
        workgroupBarrier();
      }
      ${parts > 1 ? addParts(layout, hasTotals) : ''}
      ${parts > 1 ? 'if (part > 0) { return; }' : ''}
      ${lines(sums, (at) => {
        const [i, j] = [Math.floor(at / vectors), at % vectors];
        const row = `firstRow + 4 * (down + ${(Math.floor(i / 4) * rows) / square}) + ${i % 4}`;
        const column = `firstColumn / 4 + right + ${j * across}`;
        return `if (${row} < ${m} && ${column} < ${n / 4}) { finish((${row}) * ${n / 4} + ${column}, ${column}, sum${at}); }`;
      })}
      ${
        hasTotals
          ? `if (firstColumn + right == 0) { ${lines(vectors, (i) => {
              const at = `firstRow / 4 + down + ${(i * rows) / square}`;
              return `if (${at} < ${m / 4}) { let at = ${at}; let value = total${i}; ${epilogue.finishSums} }`;
            })} }`
          : ''
      }`,
  };
}

/** The first part adds the sums of the others to its own, one after the other. */
function addParts({ square, parts, threads }: Layout, hasTotals: boolean): string {
  const vectors = square / 4;
  const names = [
    ...Array.from({ length: square * vectors }, (_, at) => `sum${at}`),
    ...(hasTotals ? Array.from({ length: vectors }, (_, i) => `total${i}`) : []),
  ];
  return `
    for (var other = 1; other < ${parts}; other = other + 1) {
      if (part == other) { ${lines(names.length, (at) => `memory[${at * threads} + own] = ${names[at]};`)} }
      workgroupBarrier();
      if (part == 0) { ${lines(names.length, (at) => `${names[at]} = ${names[at]} + memory[${at * threads} + own];`)} }
      workgroupBarrier();
    }`;
}

/** How each thread of a part reads its vectors of a slice into registers, and writes them from there. */
interface Load {
  readonly declare: string;
  readonly read: string;
  readonly write: string;
}

/** @param isAlong whether the operand is contiguous in k, so that its vectors lie across the slice's depths */
function loadSlice(layout: Layout, name: 'A' | 'B', product: MatMul, isAlong: boolean): Load {
  const { depth, threads } = layout;
  const { m, n, k, rowsOfA, rowsOfB } = product;
  const isA = name === 'A';
  const [first, operand, side] = isA ? ['firstRow', 'a', m] : ['firstColumn', 'b', n];
  const [length, pitch] = isA ? [layout.rows, layout.pitchA] : [layout.columns, layout.pitchB];
  /** Vectors in a row of the slice as it is read. */
  const across = (isAlong ? depth : length) / 4;
  const places = Array.from({ length: (length * depth) / 4 / threads }, (_, at) => ({
    held: `held${name}${at}`,
    from: `from${name}${at}`,
    down: `(own + ${at * threads}) / ${across}`,
    right: `(own + ${at * threads}) % ${across}`,
  }));
  const each = (line: (place: (typeof places)[number]) => string): string => places.map(line).join('\n');
  if (!isAlong) {
    const rowOf = (row: string): string => (!isA && rowsOfB !== undefined ? `rowsOfB[${row}]` : `(${row})`);
    return {
      declare: each(({ held, from, right }) => `var ${held} : vec4<f32>; let ${from} = ${first} / 4 + ${right};`),
      read: each(
        ({ held, from, down }) => `${held} = vec4<f32>(0.0);
        if (start + ${down} < endK && ${from} < ${side / 4}) {
          ${held} = ${operand}[${rowOf(`start + ${down}`)} * ${side / 4} + ${from}];
        }`,
      ),
      write: each(({ held, down, right }) => `memory[slice${name} + ${down} * ${pitch} + ${right}] = ${held};`),
    };
  }
  const rowOf = (row: string): string => (isA && rowsOfA !== undefined ? `rowsOfA[${row}]` : row);
  return {
    declare: each(
      ({ held, from, down }) => `var ${held} : vec4<f32>;
        let ${from} = ${rowOf(`min(${first} + ${down}, ${side - 1})`)} * ${k / 4};`,
    ),
    read: each(
      ({ held, from, right }) => `${held} = vec4<f32>(0.0);
        if (start + 4 * (${right}) < endK) { ${held} = ${operand}[${from} + start / 4 + ${right}]; }`,
    ),
    write: each(({ held, down, right }) =>
      lines(
        4,
        (i) =>
          `memory[slice${name} + (4 * (${right}) + ${i}) * ${pitch} + ${down} / 4][${down} % 4] = ${held}.${'xyzw'[i]};`,
      ),
    ),
  };
}
