/**
 * RoBERTa with a masked-LM head in stock tfjs ops, as a competent user of tfjs writes it: `tf.train.adam`, `tf.dropout`,
 * dense layers with `[out, in]` weights and transpose flags, every position through the vocabulary, and a one-hot product
 * where a backend (wasm) has no kernel for the gradient of a look-up. It stays in the benchmark for good.
 */
import * as tf from '@tensorflow/tfjs';
import { benchParameters } from './parameterList.ts';
import { BATCHES, type BenchShape, benchBatch, trainingConfig } from './shapes.ts';

const DROPOUT = 0.1;
const EPSILON = 1e-5;

type Parameters = Readonly<Record<string, tf.Variable>>;

export interface StockModel {
  /** One step. The caller disposes of the loss. */
  step(step: number): tf.Scalar;
  dispose(): void;
}

function createParameters(shape: BenchShape): Parameters {
  const make = {
    normal: (sizes: number[]) => tf.randomNormal(sizes, 0, 0.02),
    ones: (sizes: number[]) => tf.ones(sizes),
    zeros: (sizes: number[]) => tf.zeros(sizes),
  };
  return Object.fromEntries(
    benchParameters(shape).map(({ name, shape: sizes, initial }) => [name, tf.variable(make[initial]([...sizes]))]),
  );
}

function get(parameters: Parameters, name: string): tf.Variable {
  const parameter = parameters[name];
  if (parameter === undefined) throw new Error(`no parameter ${name}`);
  return parameter;
}

function dense(p: Parameters, name: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(x, get(p, `${name}.weight`) as tf.Tensor2D, false, true).add(get(p, `${name}.bias`));
}

function layerNorm(p: Parameters, name: string, x: tf.Tensor2D): tf.Tensor2D {
  const { mean, variance } = tf.moments(x, -1, true);
  const normed = x.sub(mean).mul(variance.add(EPSILON).rsqrt());
  return normed.mul(get(p, `${name}.gain`)).add(get(p, `${name}.shift`));
}

function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));
}

/** wasm has no UnsortedSegmentSum, the gradient of a gather: the product with one-hot rows stands for it. */
const lookUpByProduct = (ids: tf.Tensor1D, size: number) =>
  tf.customGrad((table) => ({
    value: tf.gather(table as tf.Tensor2D, ids),
    gradFunc: (dy: tf.Tensor) =>
      tf.matMul(tf.cast(tf.oneHot(ids, size), 'float32') as tf.Tensor2D, dy as tf.Tensor2D, true, false),
  }));

function lookUp(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.gather(table, ids);
  return lookUpByProduct(ids, table.shape[0])(table) as tf.Tensor2D;
}

function attention(p: Parameters, layer: number, x: tf.Tensor2D, shape: BenchShape): tf.Tensor2D {
  const { batchSize: b, seqLength: t, heads: a, hiddenSize: h } = shape;
  const split = (name: string): tf.Tensor4D =>
    dense(p, `${layer}.${name}`, x)
      .reshape([b, t, a, h / a])
      .transpose([0, 2, 1, 3]);
  const scores = tf.matMul(split('query'), split('key'), false, true).div(Math.sqrt(h / a));
  const context = tf.matMul(tf.softmax(scores), split('value')).transpose([0, 2, 1, 3]);
  return dense(p, `${layer}.attended`, context.reshape([b * t, h]));
}

function block(p: Parameters, layer: number, x: tf.Tensor2D, shape: BenchShape): tf.Tensor2D {
  const attended = tf.dropout(attention(p, layer, x, shape), DROPOUT) as tf.Tensor2D;
  const middle = layerNorm(p, `${layer}.middle`, x.add(attended));
  const narrow = dense(p, `${layer}.narrow`, gelu(dense(p, `${layer}.wide`, middle)));
  return layerNorm(p, `${layer}.output`, middle.add(tf.dropout(narrow, DROPOUT)));
}

function forward(p: Parameters, ids: tf.Tensor1D, shape: BenchShape): tf.Tensor2D {
  const { batchSize, seqLength, layers, hiddenSize } = shape;
  const words = lookUp(get(p, 'words') as tf.Tensor2D, ids).reshape([batchSize, seqLength, hiddenSize]);
  const sum = words.add(get(p, 'places')).reshape([-1, hiddenSize]) as tf.Tensor2D;
  let x = tf.dropout(layerNorm(p, 'embedded', sum), DROPOUT) as tf.Tensor2D;
  for (let layer = 0; layer < layers; layer++) x = block(p, layer, x, shape);
  const head = layerNorm(p, 'headNorm', gelu(dense(p, 'head', x)));
  return tf.matMul(head, get(p, 'words') as tf.Tensor2D, false, true).add(get(p, 'headBias'));
}

/** A new model with batches on the device. */
export function createStockModel(shape: BenchShape): StockModel {
  const parameters = createParameters(shape);
  const batches = Array.from({ length: BATCHES }, (_, index) => {
    const { inputIds, labels, positions } = benchBatch(shape, index + 1);
    const weights = new Float32Array(inputIds.length);
    for (const position of positions) weights[position] = 1;
    return { ids: tf.tensor1d(inputIds, 'int32'), labels: tf.tensor1d(labels, 'int32'), weights: tf.tensor1d(weights) };
  });
  const optimizer = tf.train.adam(trainingConfig(shape).learningRate);
  return {
    step: (step) => {
      const { ids, labels, weights } = batches[step % BATCHES] as (typeof batches)[number];
      const loss = (): tf.Scalar =>
        tf.losses.softmaxCrossEntropy(
          tf.cast(tf.oneHot(labels, shape.vocabSize), 'float32'),
          forward(parameters, ids, shape),
          weights,
        );
      return optimizer.minimize(loss, true, Object.values(parameters)) as tf.Scalar;
    },
    dispose: () => {
      optimizer.dispose();
      tf.dispose([...Object.values(parameters), ...batches.flatMap((batch) => Object.values(batch))]);
    },
  };
}
