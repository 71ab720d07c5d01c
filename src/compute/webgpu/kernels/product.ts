/**
 * Matrix products with whatever comes after them in the same dispatch. Three forms, by what each operand is contiguous in:
 *
 *     nt  output[m, n] = Σ a[m, k] · b[n, k]    x · weightᵀ
 *     nn  output[m, n] = Σ a[m, k] · b[k, n]    dy · weight
 *     tn  output[m, n] = Σ a[k, m] · b[k, n]    dyᵀ · x
 *
 * Whatever is contiguous is a multiple of four and read in vectors of four; n is a multiple of four.
 */
import { type Binding, type Range, read } from '../plan.ts';
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

/** Operands and the epilogue's bindings. */
export function bindingsOf(product: MatMul): Record<string, Binding> {
  return {
    a: read(product.a, 'vec4<f32>'),
    b: read(product.b, 'vec4<f32>'),
    ...(product.rowsOfA === undefined ? {} : { rowsOfA: read(product.rowsOfA, 'i32') }),
    ...(product.rowsOfB === undefined ? {} : { rowsOfB: read(product.rowsOfB, 'i32') }),
    ...product.epilogue.bindings,
  };
}
