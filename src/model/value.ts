/** What flows through a graph. */

export type Shape = readonly number[];

export interface Value {
  /** Unique within a graph and a role. A parameter's, and its gradient's, is that of the state dict. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: 'input' | 'parameter' | 'activation' | 'gradient';
  /** Parameters that lie below each other in this one, such as query, key and value: one product computes all of them. */
  readonly parts?: readonly Value[];
  /** Groups of its columns, such as an attention's heads: recorded steps fill each up to a multiple of four. 1 if left out. */
  readonly groups?: number | undefined;
  /** Groups of its rows, likewise: of a dense layer's weight. */
  readonly rowGroups?: number | undefined;
}

/** How a parameter starts. */
export type ParameterKind = 'embedding' | 'matrix' | 'bias' | 'normWeight' | 'normBias';

export interface Parameter extends Value {
  readonly kind: ParameterKind;
  /** Whether AdamW's weight decay applies: not to biases nor LayerNorm. */
  readonly decay: boolean;
}

/** Number of entries of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Length of the first dimension. */
export function rowsOf({ shape }: Value): number {
  return shape[0] ?? 1;
}

/** Length of the last dimension. */
export function widthOf({ shape }: Value): number {
  return shape.at(-1) ?? 1;
}

/** Columns in memory, with those that fill up: kernels read four numbers at a time. */
export function padded(value: Value): number {
  return paddedLength(widthOf(value), value.groups);
}

/** @example paddedLength(10, 2) // 16: two groups of five, each filled up to eight */
export function paddedLength(length: number, groups = 1): number {
  return groups * 4 * Math.ceil(length / groups / 4);
}

/** Numbers that a value takes in memory. */
export function lengthOf(value: Value): number {
  return value.shape.length === 2 ? rowsOf(value) * padded(value) : sizeOf(value.shape);
}

/** The parameters that a value is made of: itself, unless it is a stack of them. */
export function partsOf(value: Value): readonly Value[] {
  return value.parts ?? [value];
}
