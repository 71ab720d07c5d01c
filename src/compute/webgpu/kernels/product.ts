/**
 * Matrix products with whatever comes after them in the same dispatch. Three forms, by what each operand is contiguous in:
 *
 *     nt  output[m, n] = Σ a[m, k] · b[n, k]    x · weightᵀ
 *     nn  output[m, n] = Σ a[m, k] · b[k, n]    dy · weight
 *     tn  output[m, n] = Σ a[k, m] · b[k, n]    dyᵀ · x
 *
 * Whatever is contiguous is a multiple of four and read in vectors of four; n is a multiple of four.
 */
import type { Dispatch, Range } from '../plan.ts';
import type { Epilogue } from './epilogues.ts';

export type MatMulForm = 'nt' | 'nn' | 'tn';

export interface MatMul {
  readonly name: string;
  readonly form: MatMulForm;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Range;
  readonly b: Range;
  /** Row of `a` (nt, nn) to read in place of each row m; [m] */
  readonly rowsOfA?: Range;
  /** Row of `b` (tn) to read in place of each row k; [k] */
  readonly rowsOfB?: Range;
  readonly epilogue: Epilogue;
}

/** How a style computes a product, with a function `finish(at, column, value)` for its epilogue in scope. */
export type MatMulKernel = Pick<Dispatch, 'threads' | 'workgroupSize' | 'declarations' | 'body'>;
