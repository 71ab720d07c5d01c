/**
 * Looks rows of a table up, with a gradient that adds in a fixed order and with no atomics. Serves the word table, the
 * position table and the rows that the masked-LM head reads.
 */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import type { RowIndex } from './rowIndex.ts';
import { registerWebgpuKernel } from './webgpuKernel.ts';

const NAME = 'FolioSumRows';

/**
 * Rows of `table`. Differentiable; the index's frozen row receives no gradient.
 * Shapes: table [R, H], index [N] into R → [N, H]
 * Source: `torch.nn.Embedding` with `padding_idx`.
 */
export function gatherRows(table: tf.Tensor2D, index: RowIndex): tf.Tensor2D {
  return tf.customGrad((input) => ({
    value: tf.gather(input as tf.Tensor2D, tf.tensor1d(index.ids, 'int32')),
    gradFunc: (dy: tf.Tensor) => sumRows(dy as tf.Tensor2D, index),
  }))(table) as tf.Tensor2D;
}

/** For each row of the table, the sum of the gradients of its uses. @param dy [N, H] @returns [R, H] */
function sumRows(dy: tf.Tensor2D, index: RowIndex): tf.Tensor2D {
  if (!hasKernel(NAME)) {
    // oneHot gives a row of zeros for an id outside the table.
    const ids = index.ids.map((id) => (id === index.frozenRow ? -1 : id));
    const uses = tf.oneHot(tf.tensor1d(ids, 'int32'), index.rowCount, 1, 0, 'float32') as tf.Tensor2D; // [N, R]
    return tf.matMul(uses, dy, true, false);
  }
  const starts = tf.tensor1d(index.starts, 'int32');
  const places = tf.tensor1d(index.places, 'int32');
  return runKernel(NAME, { dy, starts, places }, {});
}

registerHostKernel({
  name: NAME,
  outputs: ({ dy, starts }) => [[(starts?.shape[0] ?? 1) - 1, dy?.shape[1] ?? 0]],
  run: ([table = new Float32Array()], { dy = table, starts = table, places = table }) => {
    const rows = starts.length - 1;
    const width = table.length / rows;
    table.fill(0);
    for (let row = 0; row < rows; row++) {
      const target = row * width;
      const end = starts[row + 1] as number;
      for (let use = starts[row] as number; use < end; use++) {
        const source = (places[use] as number) * width;
        for (let i = 0; i < width; i++) table[target + i] = (table[target + i] as number) + (dy[source + i] as number);
      }
    }
  },
});

registerWebgpuKernel({
  name: NAME,
  inputs: ['dy', 'starts', 'places'],
  uniforms: {},
  outputShape: ({ dy, starts }) => [(starts?.shape[0] ?? 1) - 1, dy?.shape[1] ?? 0],
  body: `
    let width = uniforms.outShape.y;
    let row = index / width;
    let column = index - row * width;
    var sum = 0.0;
    for (var k = starts[row]; k < starts[row + 1]; k = k + 1) {
      sum = sum + dy[places[k] * width + column];
    }
    result[index] = sum;`,
});
