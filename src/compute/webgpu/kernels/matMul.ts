/** Matrix products by the style of the kernels. */
import type { KernelStyle } from '../../../core/device.ts';
import { type Dispatch, read } from '../plan.ts';
import type { MatMul } from './product.ts';
import { sharedMatMul, tileOf } from './sharedMatMul.ts';
import { singleMatMul } from './singleMatMul.ts';

/** @param tile how workgroups with shared memory divide it */
export function matMul(style: KernelStyle, product: MatMul, tile = tileOf(product)): Dispatch {
  const { name, a, b, rowsOfA, rowsOfB, epilogue } = product;
  const { declarations = '', ...kernel } = style === 'single' ? singleMatMul(product) : sharedMatMul(product, tile);
  return {
    name,
    bindings: {
      a: read(a, 'vec4<f32>'),
      b: read(b, 'vec4<f32>'),
      ...(rowsOfA && { rowsOfA: read(rowsOfA, 'i32') }),
      ...(rowsOfB && { rowsOfB: read(rowsOfB, 'i32') }),
      ...epilogue.bindings,
    },
    declarations: `${epilogue.declarations}
      fn finish(at : i32, column : i32, value : vec4<f32>) { ${epilogue.finish} }
      ${declarations}`,
    ...kernel,
  };
}
