/** The vocabulary as points: principal components of the word table, and the nearest neighbours of a token. */

/** Rows of a table [N, H] on its two main axes. */
export interface PrincipalComponents {
  readonly points: Float32Array; // [N, 2]
  /** Share of the whole variance that lies along each axis. */
  readonly shares: readonly [number, number];
}

/** Multiplications between two pauses. */
const WORK_A_SLICE = 4e6;
/** Directions in which the axes are sought: enough for six digits where no axis stands out, as before training. */
const MOST_DIRECTIONS = 64;
const MOST_SWEEPS = 20;
/** What is smaller than this, relatively, is 0 in float64. */
const VANISHED = 1e-14;

/**
 * Principal component analysis of a table's rows on two axes: the covariance in float64, and its largest eigenvectors in
 * the space that Lanczos's directions span, each orthogonalised against all before. The sign of an axis is arbitrary: the coordinate that is farthest from 0 is positive.
 * Source: Golub & Van Loan, Matrix Computations, sections 10.1 and 10.3.
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

/** The two largest eigenvalues of a symmetric matrix, and their vectors. */
async function largestEigenvectors(
  matrix: Float64Array,
  width: number,
  pause: () => Promise<void>,
): Promise<{ vectors: readonly Float64Array[]; values: readonly number[] }> {
  // Any start will do that is not orthogonal to the axes; this one is the same every time.
  let next = Float64Array.from({ length: width }, (_, i) => 1 + Math.sin(1.7 * (i + 1)));
  const basis: Float64Array[] = [];
  const projected: number[][] = [];
  const slice = Math.max(1, Math.floor(WORK_A_SLICE / width ** 2));
  while (basis.length < Math.min(width, MOST_DIRECTIONS)) {
    if (basis.length % slice === 0) await pause();
    const length = Math.sqrt(dot(next, next));
    if (basis.length > 0 && length <= VANISHED * Math.abs(projected[0]?.[0] ?? 0)) break;
    const direction = next.map((value) => value / length);
    basis.push(direction);
    next = times(matrix, direction);
    projected.push(basis.map((other) => dot(other, next)));
    // Twice: once is not enough in floating point.
    for (const other of [...basis, ...basis]) {
      const share = dot(next, other);
      for (let i = 0; i < width; i++) next[i] = (next[i] as number) - share * (other[i] as number);
    }
  }
  const small = symmetricEigenvectors(projected);
  return {
    values: small.slice(0, 2).map(({ value }) => value),
    vectors: small.slice(0, 2).map(({ vector }) => {
      const axis = new Float64Array(width);
      for (const [k, direction] of basis.entries()) {
        for (let i = 0; i < width; i++)
          axis[i] = (axis[i] as number) + (vector[k] as number) * (direction[i] as number);
      }
      return axis;
    }),
  };
}

/**
 * All eigenvalues of a small symmetric matrix, largest first, with their vectors, by Jacobi's rotations.
 * Source: Golub & Van Loan, Matrix Computations, section 8.5.
 * @param lower rows up to the diagonal
 */
function symmetricEigenvectors(lower: readonly (readonly number[])[]): { value: number; vector: Float64Array }[] {
  const size = lower.length;
  const rows = lower.map((_, i) =>
    Float64Array.from({ length: size }, (_, j) => lower[Math.max(i, j)]?.[Math.min(i, j)] ?? 0),
  );
  // Rows of eigenvectors, turned along.
  const turned = rows.map((_, i) => Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largest = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) largest = Math.max(largest, rotate(rows, turned, p, q));
    }
    if (largest <= VANISHED) break;
  }
  return rows
    .map((row, i) => ({ value: row[i] as number, vector: turned[i] as Float64Array }))
    .sort((a, b) => b.value - a.value);
}

/** One rotation, which makes an entry 0. @returns its size before, relative to the diagonal's */
function rotate(rows: readonly Float64Array[], turned: readonly Float64Array[], p: number, q: number): number {
  const rowP = rows[p] as Float64Array;
  const rowQ = rows[q] as Float64Array;
  const pp = rowP[p] as number;
  const qq = rowQ[q] as number;
  const pq = rowP[q] as number;
  const scale = Math.abs(pp) + Math.abs(qq);
  if (Math.abs(pq) <= VANISHED * scale) return 0;
  const turnedP = turned[p] as Float64Array;
  const turnedQ = turned[q] as Float64Array;
  const slope = (qq - pp) / (2 * pq);
  const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.hypot(slope, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const row of rows) turn(row, p, row, q, cosine, sine);
  for (let i = 0; i < rowP.length; i++) {
    turn(rowP, i, rowQ, i, cosine, sine);
    turn(turnedP, i, turnedQ, i, cosine, sine);
  }
  return Math.abs(pq) / scale;
}

/** Turns two numbers by an angle, in place. */
function turn(a: Float64Array, i: number, b: Float64Array, j: number, cosine: number, sine: number): void {
  const x = a[i] as number;
  const y = b[j] as number;
  a[i] = cosine * x - sine * y;
  b[j] = sine * x + cosine * y;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array<ArrayBuffer> {
  const width = vector.length;
  const product = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += (matrix[i * width + j] as number) * (vector[j] as number);
    product[i] = sum;
  }
  return product;
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
