/** What flows through a graph. */

export type Shape = readonly number[];

export interface Value {
  /** Unique within a graph and a role. A parameter's, and its gradient's, is that of the state dict. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: 'input' | 'parameter' | 'activation' | 'gradient';
  /** Parameters that lie below each other in this one, such as query, key and value: one product computes all of them. */
  readonly parts?: readonly Value[];
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

/** The parameters that a value is made of: itself, unless it is a stack of them. */
export function partsOf(value: Value): readonly Value[] {
  return value.parts ?? [value];
}
