/**
 * Products in which every thread computes a tile on its own, with no workgroup memory and no barriers: for software
 * adapters. Loads cost more than arithmetic there, so tiles are as large as registers allow.
 */
import type { Dispatch } from '../plan.ts';
import { bindingsOf, type MatMul, type MatMulForm } from './matMul.ts';
import { lines } from './wgsl.ts';

/** Sides of a thread's tile, in numbers. */
interface Tile {
  readonly rows: number;
  readonly columns: number;
}

const WORKGROUP_SIZE = 4;

export function singleMatMul(product: MatMul): Dispatch {
  const { m, n, form, epilogue } = product;
  const tile = tileOf(product);
  const across = Math.ceil(n / tile.columns);
  const inner = form === 'nt' ? innerNt : form === 'nn' ? innerNn : innerTn;
  const vectors = tile.columns / 4;
  return {
    name: product.name,
    bindings: bindingsOf(product),
    threads: across * Math.ceil(m / tile.rows),
    workgroupSize: WORKGROUP_SIZE,
    declarations: `${epilogue.declarations}
      fn finish(at : i32, column : i32, value : vec4<f32>) { ${epilogue.finish} }`,
    body: `
      let row = index / ${across} * ${tile.rows};
      let column = index % ${across} * ${vectors};
      ${lines(tile.rows * vectors, (i) => `var sum${Math.floor(i / vectors)}_${i % vectors} = vec4<f32>(0.0);`)}
      ${inner(product, tile)}
      ${storeTile(product, tile)}
      ${sumsStore(product, tile)}`,
  };
}

/**
 * Where loads are vectors along k for both operands (nt) or along n for one of them, other tiles do best. Larger ones gain
 * little and compile for long.
 */
const TILES: Readonly<Record<MatMulForm, Tile>> = {
  nt: { rows: 16, columns: 8 },
  nn: { rows: 8, columns: 16 },
  tn: { rows: 16, columns: 16 },
};

/** Below this many multiplications a product takes less time than compiling it for large tiles. */
const SMALL_PRODUCT = 2 ** 20;

/** Half a side where the whole one wastes too much. */
function tileOf({ m, n, k, form }: MatMul): Tile {
  if (m * n * k < SMALL_PRODUCT) return { rows: 8, columns: 8 };
  const sideFor = (size: number, side: number): number => (Math.ceil(size / side) * side <= 1.15 * size ? side : 8);
  return { rows: sideFor(m, TILES[form].rows), columns: sideFor(n, TILES[form].columns) };
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

/** Both operands are read along k. */
function innerNt(product: MatMul, tile: Tile): string {
  const { n, k } = product;
  const vectors = tile.columns / 4;
  return `
    ${rowStarts(product, tile)}
    ${lines(tile.columns, (j) => `let rowB${j} = ${clamped(`column * 4 + ${j}`, n, tile.columns)} * ${k / 4};`)}
    for (var i = 0; i < ${k / 4}; i = i + 1) {
      ${lines(tile.columns, (j) => `let b${j} = b[rowB${j} + i];`)}
      ${lines(tile.rows, (i) => {
        const products = lines(
          vectors,
          (j) =>
            `sum${i}_${j} = sum${i}_${j} + vec4<f32>(dot(v, b${4 * j}), dot(v, b${4 * j + 1}), dot(v, b${4 * j + 2}), dot(v, b${4 * j + 3}));`,
        );
        return `{ let v = a[rowA${i} + i]; ${products} }`;
      })}
    }`;
}

function columnStarts({ n }: MatMul, tile: Tile): string {
  const vectors = tile.columns / 4;
  return lines(vectors, (j) => `let column${j} = ${clamped(`column + ${j}`, n / 4, vectors)};`);
}

/** a is read along k, b along n. */
function innerNn(product: MatMul, tile: Tile): string {
  const { n, k } = product;
  const vectors = tile.columns / 4;
  const lane = (name: string, offset: number): string => `{
    ${lines(vectors, (j) => `let b${j} = b[(4 * i + ${offset}) * ${n / 4} + column${j}];`)}
    ${lines(tile.rows * vectors, (at) => {
      const [i, j] = [Math.floor(at / vectors), at % vectors];
      return `sum${i}_${j} = sum${i}_${j} + a${i}.${name} * b${j};`;
    })}
  }`;
  return `
    ${rowStarts(product, tile)}
    ${columnStarts(product, tile)}
    for (var i = 0; i < ${k / 4}; i = i + 1) {
      ${lines(tile.rows, (i) => `let a${i} = a[rowA${i} + i];`)}
      ${['x', 'y', 'z', 'w'].map(lane).join('\n')}
    }`;
}

/** a is read along m, b along n. */
function innerTn(product: MatMul, tile: Tile): string {
  const { m, n, k, rowsOfB, epilogue } = product;
  const vectors = tile.columns / 4;
  const tall = tile.rows / 4;
  const sums = epilogue.finishSums !== undefined;
  return `
    ${lines(tall, (i) => `let row${i} = ${clamped(`row / 4 + ${i}`, m / 4, tall)};`)}
    ${columnStarts(product, tile)}
    ${sums ? lines(tall, (i) => `var total${i} = vec4<f32>(0.0);`) : ''}
    for (var i = 0; i < ${k}; i = i + 1) {
      ${lines(tall, (j) => `let a${j} = a[i * ${m / 4} + row${j}];`)}
      let rowB = ${rowsOfB === undefined ? 'i' : 'rowsOfB[i]'} * ${n / 4};
      ${lines(vectors, (j) => `let b${j} = b[rowB + column${j}];`)}
      ${sums ? lines(tall, (i) => `total${i} = total${i} + a${i};`) : ''}
      ${lines(tile.rows * vectors, (at) => {
        const [i, j] = [Math.floor(at / vectors), at % vectors];
        return `sum${i}_${j} = sum${i}_${j} + a${Math.floor(i / 4)}.${'xyzw'[i % 4]} * b${j};`;
      })}
    }`;
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
