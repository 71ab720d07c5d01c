/**
 * Looks rows of a table up, with a gradient that adds in a fixed order and with no atomics. Serves the word table, the
 * position table and the rows that the masked-LM head reads.
 */
import * as tf from '@tensorflow/tfjs';
import { hasKernel, runKernel } from './fusion.ts';
import { registerHostKernel } from './hostKernel.ts';
import type { RowIndex } from './rowIndex.ts';
import { registerWebgpuKernel } from './webgpuKernel.ts';

const GATHER = 'FolioGatherRows';
const SUM = 'FolioSumRows';

/**
 * Rows of `table`. Differentiable; the index's frozen row receives no gradient.
 * Shapes: table [R, H], index [N] into R → [N, H]
 * Source: `torch.nn.Embedding` with `padding_idx`.
 */
export function gatherRows(table: tf.Tensor2D, index: RowIndex): tf.Tensor2D {
  return tf.customGrad((input) => ({
    value: takeRows(input as tf.Tensor2D, tf.tensor1d(index.ids, 'int32')),
    gradFunc: (dy: tf.Tensor) => sumRows(dy as tf.Tensor2D, index),
  }))(table) as tf.Tensor2D;
}

function takeRows(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  return hasKernel(GATHER) ? runKernel(GATHER, { table, ids }, {}) : tf.gather(table, ids);
}

/** For each row of the table, the sum of the gradients of its uses. @param dy [N, H] @returns [R, H] */
function sumRows(dy: tf.Tensor2D, index: RowIndex): tf.Tensor2D {
  if (!hasKernel(SUM)) {
    // oneHot gives a row of zeros for an id outside the table.
    const ids = index.ids.map((id) => (id === index.frozenRow ? -1 : id));
    const uses = tf.oneHot(tf.tensor1d(ids, 'int32'), index.rowCount, 1, 0, 'float32') as tf.Tensor2D; // [N, R]
    return tf.matMul(uses, dy, true, false);
  }
  const starts = tf.tensor1d(index.starts, 'int32');
  const places = tf.tensor1d(index.places, 'int32');
  return runKernel(SUM, { dy, starts, places }, {});
}

// tfjs's own gather on wasm copies number by number.
registerHostKernel({
  name: GATHER,
  outputs: ({ table, ids }) => [[ids?.shape[0] ?? 0, table?.shape[1] ?? 0]],
  run: ([rows = new Float32Array()], { table = rows, ids = rows }) => {
    const width = rows.length / ids.length;
    for (let place = 0; place < ids.length; place++) {
      const start = (ids[place] as number) * width;
      rows.set(table.subarray(start, start + width), place * width);
    }
  },
});

registerHostKernel({
  name: SUM,
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
  name: SUM,
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
