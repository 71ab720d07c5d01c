/**
 * Products in which every thread computes a tile on its own, with no workgroup memory and no barriers: for software
 * adapters. Loads cost more than arithmetic there, so tiles are as large as registers allow.
 */
import type { MatMul, MatMulKernel } from './product.ts';
import { lines } from './wgsl.ts';

/** Sides of a thread's tile, in numbers. */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
}

const WORKGROUP_SIZE = 4;
const LANES = ['x', 'y', 'z', 'w'] as const;
/** Rows whose products are added at once (tn). */
const UNROLLED = 2;

export function singleMatMul(product: MatMul): MatMulKernel {
  const { m, n, form } = product;
  const tile = tileOf(product);
  const across = Math.ceil(n / tile.columns);
  const inner = form === 'nt' ? innerNt : form === 'nn' ? innerNn : innerTn;
  const vectors = tile.columns / 4;
  return {
    threads: across * Math.ceil(m / tile.rows),
    workgroupSize: WORKGROUP_SIZE,
    body: `
      let row = index / ${across} * ${tile.rows};
      let column = index % ${across} * ${vectors};
      ${sumsStart(tile)}
      ${inner(product, tile)}
      ${storeTile(product, tile)}
      ${sumsStore(product, tile)}`,
  };
}

/** Multiplications from which a tile pays: a larger one computes faster and compiles for longer. */
const TILES: readonly (Tile & { readonly from: number })[] = [
  { from: 2 ** 22, rows: 16, columns: 16 },
  { from: 2 ** 20, rows: 16, columns: 8 },
  { from: 0, rows: 8, columns: 8 },
];

/** Half a side where the whole one wastes too much. */
function tileOf({ m, n, k }: MatMul): Tile {
  const tile = TILES.find(({ from }) => m * n * k >= from) ?? { rows: 8, columns: 8 };
  const sideFor = (size: number, side: number): number => (Math.ceil(size / side) * side <= 1.15 * size ? side : 8);
  return { rows: sideFor(m, tile.rows), columns: sideFor(n, tile.columns) };
}

/** `name` clamped to the last place where it may reach beyond. */
function clamped(name: string, size: number, step: number): string {
  return size % step === 0 ? `(${name})` : `min(${name}, ${size - 1})`;
}

function rowStarts({ m, k, rowsOfA }: MatMul, tile: Tile): string {
  return lines(tile.rows, (i) => {
    const row = clamped(`row + ${i}`, m, tile.rows);
    return `let rowA${i} = ${rowsOfA === undefined ? row : `rowsOfA[${row}]`} * ${k / 4};`;
  });
}

/** Operands by their names in WGSL, and vectors along k and along n. */
interface Reads {
  readonly a: string;
  readonly b: string;
  readonly k4: string;
  readonly n4: string;
}

function readsOf({ n, k }: MatMul): Reads {
  return { a: 'a', b: 'b', k4: String(k / 4), n4: String(n / 4) };
}

/** Declares the sums of a tile. */
export function sumsStart(tile: Tile): string {
  const vectors = tile.columns / 4;
  return lines(tile.rows * vectors, (i) => `var sum${Math.floor(i / vectors)}_${i % vectors} = vec4<f32>(0.0);`);
}

function innerNt(product: MatMul, tile: Tile): string {
  const { n, k } = product;
  return `
    ${rowStarts(product, tile)}
    ${lines(tile.columns, (j) => `let rowB${j} = ${clamped(`column * 4 + ${j}`, n, tile.columns)} * ${k / 4};`)}
    ${sumsNt(tile, readsOf(product))}`;
}

/** Both operands are read along k, from where their rows start: `rowA<i>` and `rowB<j>`. */
export function sumsNt(tile: Tile, { a, b, k4 }: Reads): string {
  const vectors = tile.columns / 4;
  return `
    for (var i = 0; i < ${k4}; i = i + 1) {
      ${lines(tile.columns, (j) => `let b${j} = ${b}[rowB${j} + i];`)}
      ${lines(tile.rows, (i) => {
        const products = lines(
          vectors,
          (j) =>
            `sum${i}_${j} = sum${i}_${j} + vec4<f32>(dot(v, b${4 * j}), dot(v, b${4 * j + 1}), dot(v, b${4 * j + 2}), dot(v, b${4 * j + 3}));`,
        );
        return `{ let v = ${a}[rowA${i} + i]; ${products} }`;
      })}
    }`;
}

function columnStarts({ n }: MatMul, tile: Tile): string {
  const vectors = tile.columns / 4;
  return lines(vectors, (j) => `let column${j} = ${clamped(`column + ${j}`, n / 4, vectors)};`);
}

function innerNn(product: MatMul, tile: Tile): string {
  return `
    ${rowStarts(product, tile)}
    ${columnStarts(product, tile)}
    ${sumsNn(tile, readsOf(product))}`;
}

/**
 * a is read along k from `rowA<i>`, b along n at `column<j>`. Four products are added to each sum at once: sums don't fit into registers, so that every
 * addition to one is a load and a store.
 */
export function sumsNn(tile: Tile, { a, b, k4, n4 }: Reads): string {
  const vectors = tile.columns / 4;
  return `
    for (var i = 0; i < ${k4}; i = i + 1) {
      ${lines(4 * vectors, (at) => {
        const [offset, j] = [Math.floor(at / vectors), at % vectors];
        return `let b${offset}_${j} = ${b}[(4 * i + ${offset}) * ${n4} + column${j}];`;
      })}
      ${lines(tile.rows, (i) => {
        const terms = (j: number): string => LANES.map((lane, offset) => `v.${lane} * b${offset}_${j}`).join(' + ');
        return `{
          let v = ${a}[rowA${i} + i];
          ${lines(vectors, (j) => `sum${i}_${j} = sum${i}_${j} + (${terms(j)});`)}
        }`;
      })}
    }`;
}

/** a is read along m, b along n; as above, several products at once. */
function innerTn(product: MatMul, tile: Tile): string {
  const { m, k, epilogue } = product;
  const tall = tile.rows / 4;
  const whole = k - (k % UNROLLED);
  return `
    ${lines(tall, (i) => `let row${i} = ${clamped(`row / 4 + ${i}`, m / 4, tall)};`)}
    ${columnStarts(product, tile)}
    ${epilogue.finishSums === undefined ? '' : lines(tall, (i) => `var total${i} = vec4<f32>(0.0);`)}
    for (var i = 0; i < ${whole}; i = i + ${UNROLLED}) { ${stepTn(product, tile, UNROLLED)} }
    ${whole === k ? '' : `for (var i = ${whole}; i < ${k}; i = i + 1) { ${stepTn(product, tile, 1)} }`}`;
}

/** Adds the products of `count` rows from row i on. */
function stepTn({ m, n, rowsOfB, epilogue }: MatMul, tile: Tile, count: number): string {
  const [tall, vectors] = [tile.rows / 4, tile.columns / 4];
  const offsets = Array.from({ length: count }, (_, offset) => offset);
  const total = (j: number): string => offsets.map((offset) => `a${offset}_${j}`).join(' + ');
  const terms = (i: number, j: number): string =>
    offsets.map((offset) => `a${offset}_${Math.floor(i / 4)}.${LANES[i % 4]} * b${offset}_${j}`).join(' + ');
  return `
    ${lines(
      count,
      (offset) => `
      ${lines(tall, (j) => `let a${offset}_${j} = a[(i + ${offset}) * ${m / 4} + row${j}];`)}
      let rowB${offset} = ${rowsOfB === undefined ? `(i + ${offset})` : `rowsOfB[i + ${offset}]`} * ${n / 4};
      ${lines(vectors, (j) => `let b${offset}_${j} = b[rowB${offset} + column${j}];`)}`,
    )}
    ${epilogue.finishSums === undefined ? '' : lines(tall, (j) => `total${j} = total${j} + (${total(j)});`)}
    ${lines(tile.rows * vectors, (at) => {
      const [i, j] = [Math.floor(at / vectors), at % vectors];
      return `sum${i}_${j} = sum${i}_${j} + (${terms(i, j)});`;
    })}`;
}

/** A loop, since what comes after a product would else be compiled once for every vector of the tile. */
function storeTile({ m, n }: MatMul, tile: Tile): string {
  const vectors = tile.columns / 4;
  const [rowLimit, columnLimit] = [`row + i < ${m}`, `column + j < ${n / 4}`];
  const limits = [...(m % tile.rows === 0 ? [] : [rowLimit]), ...(n % tile.columns === 0 ? [] : [columnLimit])];
  const store = `finish((row + i) * ${n / 4} + column + j, column + j, sums[i * ${vectors} + j]);`;
  return `
    var sums : array<vec4<f32>, ${tile.rows * vectors}>;
    ${lines(tile.rows * vectors, (at) => `sums[${at}] = sum${Math.floor(at / vectors)}_${at % vectors};`)}
    for (var i = 0; i < ${tile.rows}; i = i + 1) {
      for (var j = 0; j < ${vectors}; j = j + 1) {
        ${limits.length === 0 ? store : `if (${limits.join(' && ')}) { ${store} }`}
      }
    }`;
}

function sumsStore({ m, epilogue }: MatMul, tile: Tile): string {
  if (epilogue.finishSums === undefined) return '';
  const stores = lines(tile.rows / 4, (i) => {
    const store = `{ let at = row / 4 + ${i}; let value = total${i}; ${epilogue.finishSums} }`;
    return m % tile.rows === 0 ? store : `if (row / 4 + ${i} < ${m / 4}) ${store}`;
  });
  return `if (column == 0) { ${stores} }`;
}
