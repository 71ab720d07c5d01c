/** The vocabulary as points: principal components of the word table, and the nearest neighbours of a token. */

/** Rows of a table [N, H] on its two main axes. */
export interface PrincipalComponents {
  readonly points: Float32Array; // [N, 2]
  /** Share of the whole variance that lies along each axis. */
  readonly shares: readonly [number, number];
}

/** Multiplications between two pauses. */
const WORK_A_SLICE = 4e6;
const VECTORS = 6;
const MOST_ROUNDS = 2000;
/** Rounds end when the two largest eigenvalues change by less than this share of themselves. */
const STILL = 1e-12;

/**
 * Principal component analysis of a table's rows on two axes: the covariance in float64, and its largest eigenvectors by
 * subspace iteration. The sign of an axis is arbitrary: the coordinate that is farthest from 0 is positive.
 * Source: Golub & Van Loan, Matrix Computations, section 8.2 (orthogonal iteration).
 *
 * @param table [N, H]
 * @param pause called now and then, so that whoever shares the thread gets a turn
 */
export async function principalComponents(
  table: Float32Array,
  width: number,
  pause: () => Promise<void>,
): Promise<PrincipalComponents> {
  const rows = table.length / width;
  const mean = columnMeans(table, width);
  const covariance = await covarianceOf(table, width, mean, pause);
  const { vectors, values } = await largestEigenvectors(covariance, width, pause);
  const points = new Float32Array(rows * 2);
  for (const axis of [0, 1] as const) {
    const vector = vectors[axis] ?? new Float64Array(width);
    let farthest = 0;
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let i = 0; i < width; i++)
        sum += ((table[row * width + i] as number) - (mean[i] as number)) * (vector[i] as number);
      points[2 * row + axis] = sum;
      if (Math.abs(sum) > Math.abs(farthest)) farthest = sum;
    }
    if (farthest < 0) for (let row = 0; row < rows; row++) points[2 * row + axis] = -(points[2 * row + axis] as number);
  }
  let total = 0;
  for (let i = 0; i < width; i++) total += covariance[i * width + i] as number;
  const share = (value: number | undefined): number => (total > 0 ? (value ?? 0) / total : 0);
  return { points, shares: [share(values[0]), share(values[1])] };
}

function columnMeans(table: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < table.length; i++) mean[i % width] = (mean[i % width] as number) + (table[i] as number);
  const rows = table.length / width;
  return mean.map((sum) => sum / rows);
}

/** @returns [H, H] */
async function covarianceOf(
  table: Float32Array,
  width: number,
  mean: Float64Array,
  pause: () => Promise<void>,
): Promise<Float64Array> {
  const rows = table.length / width;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  const slice = Math.max(1, Math.floor(WORK_A_SLICE / width ** 2));
  for (let row = 0; row < rows; row++) {
    if (row > 0 && row % slice === 0) await pause();
    for (let i = 0; i < width; i++) centred[i] = (table[row * width + i] as number) - (mean[i] as number);
    for (let i = 0; i < width; i++) {
      const value = (centred[i] as number) / rows;
      const start = i * width;
      for (let j = 0; j <= i; j++) {
        covariance[start + j] = (covariance[start + j] as number) + value * (centred[j] as number);
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) covariance[j * width + i] = covariance[i * width + j] as number;
  }
  return covariance;
}

async function largestEigenvectors(
  matrix: Float64Array,
  width: number,
  pause: () => Promise<void>,
): Promise<{ vectors: readonly Float64Array[]; values: readonly number[] }> {
  // Any start will do that is not orthogonal to the axes; this one is the same every time.
  let vectors: readonly Float64Array[] = Array.from({ length: Math.min(VECTORS, width) }, (_, k) =>
    Float64Array.from({ length: width }, (_, i) => Math.sin((i + 1) * (k + 1) * 1.7) + (i === k ? 1 : 0)),
  );
  let values: readonly number[] = [];
  const slice = Math.max(1, Math.floor(WORK_A_SLICE / (VECTORS * width ** 2)));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (round % slice === 0) await pause();
    orthonormalize(vectors);
    const images = vectors.map((vector) => times(matrix, vector));
    const next = vectors.map((vector, k) => dot(vector, images[k] as Float64Array));
    const moved = Math.max(...[0, 1].map((k) => Math.abs((next[k] ?? 0) - (values[k] ?? Number.POSITIVE_INFINITY))));
    values = next;
    if (moved <= STILL * (next[0] ?? 0)) break;
    vectors = images;
  }
  orthonormalize(vectors);
  return { vectors, values };
}

/** Gram-Schmidt, in place; a vector that the ones before it span becomes 0. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [k, vector] of vectors.entries()) {
    for (const before of vectors.slice(0, k)) {
      const share = dot(vector, before);
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - share * (before[i] as number);
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = length > 1e-300 ? (vector[i] as number) / length : 0;
  }
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  return vector.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (matrix[i * width + j] as number) * (vector[j] as number);
    return sum;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * The rows of a table that point most nearly where one row points (cosine similarity), nearest first, ties by smaller index.
 * @param table [N, H]
 * @param isCandidate which rows may be named
 */
export function nearestRows(
  table: Float32Array,
  width: number,
  row: number,
  count: number,
  isCandidate: (row: number) => boolean,
): { readonly row: number; readonly cosine: number }[] {
  const rowAt = (index: number): Float32Array => table.subarray(index * width, (index + 1) * width);
  const lengthOf = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const wanted = rowAt(row);
  const wantedLength = lengthOf(wanted);
  const found: { row: number; cosine: number }[] = [];
  for (let index = 0; index < table.length / width; index++) {
    if (index === row || !isCandidate(index)) continue;
    const values = rowAt(index);
    let product = 0;
    for (let i = 0; i < width; i++) product += (values[i] as number) * (wanted[i] as number);
    const scale = wantedLength * lengthOf(values);
    found.push({ row: index, cosine: scale > 0 ? product / scale : 0 });
  }
  return found.sort((a, b) => b.cosine - a.cosine || a.row - b.row).slice(0, count);
}
