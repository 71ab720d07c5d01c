/** Matrix products by the style of the kernels. */
import type { KernelStyle } from '../../../core/device.ts';
import type { Dispatch } from '../plan.ts';
import type { MatMul } from './product.ts';
import { sharedMatMul } from './sharedMatMul.ts';
import { singleMatMul } from './singleMatMul.ts';

export function matMul(style: KernelStyle, product: MatMul): Dispatch {
  return style === 'single' ? singleMatMul(product) : sharedMatMul(product);
}
