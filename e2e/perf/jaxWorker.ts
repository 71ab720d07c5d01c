/**
 * The same step on jax-js, as far as it can express it: a look-up has no gradient there, so words are products with one-hot
 * rows, and so are the masked rows that the head reads; no dropout. Everything is one jitted function.
 */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { createRng } from '../../src/core/rng.ts';
import { type CreateEngine, serveEngine } from './benchEngine.ts';
import { benchParameters } from './parameterList.ts';
import { BATCHES, type BenchShape, benchBatch, maskedRows, trainingConfig } from './shapes.ts';

type Parameters = { [name: string]: np.Array };

/** Dense layers multiply from the left here, so their matrices are [in, out]. */
function createParameters(shape: BenchShape): Parameters {
  const rng = createRng(1);
  const draw = { normal: () => 0.02 * rng.normal(), ones: () => 1, zeros: () => 0 };
  return Object.fromEntries(
    benchParameters(shape).map(({ name, shape: sizes, initial, isDense }) => {
      const values = Float32Array.from({ length: sizes.reduce((a, b) => a * b) }, draw[initial]);
      return [name, np.array(values).reshape(isDense ? sizes.toReversed() : [...sizes])];
    }),
  );
}

/** Reads a parameter without using it up. */
function get(p: Parameters, name: string): np.Array {
  const parameter = p[name];
  if (parameter === undefined) throw new Error(`no parameter ${name}`);
  return parameter.ref;
}

const dense = (p: Parameters, name: string, x: np.Array): np.Array =>
  np.matmul(x, get(p, `${name}.weight`)).add(get(p, `${name}.bias`));

const layerNorm = (p: Parameters, name: string, x: np.Array): np.Array =>
  nn
    .standardize(x, -1)
    .mul(get(p, `${name}.gain`))
    .add(get(p, `${name}.shift`));

const gelu = (x: np.Array): np.Array => nn.gelu(x, { approximate: false });

function block(p: Parameters, layer: number, x: np.Array, shape: BenchShape): np.Array {
  const { batchSize: b, seqLength: t, heads: a, hiddenSize: h } = shape;
  const split = (name: string): np.Array => dense(p, `${layer}.${name}`, x.ref).reshape([b, t, a, h / a]);
  const context = nn.dotProductAttention(split('query'), split('key'), split('value')).reshape([b * t, h]);
  const middle = layerNorm(p, `${layer}.middle`, x.add(dense(p, `${layer}.attended`, context)));
  const narrow = dense(p, `${layer}.narrow`, gelu(dense(p, `${layer}.wide`, middle.ref)));
  return layerNorm(p, `${layer}.output`, middle.add(narrow));
}

/** Mean negative log-likelihood of the masked tokens. Uses up its arguments. */
function lossOf(shape: BenchShape) {
  const { batchSize, seqLength, hiddenSize: h, vocabSize, layers } = shape;
  const count = batchSize * seqLength;
  return (p: Parameters, ids: np.Array, positions: np.Array, labels: np.Array): np.Array => {
    const words = np.matmul(nn.oneHot(ids, vocabSize), get(p, 'words')).reshape([batchSize, seqLength, h]);
    let x = layerNorm(p, 'embedded', words.add(get(p, 'places')).reshape([count, h]));
    for (let layer = 0; layer < layers; layer++) x = block(p, layer, x, shape);
    const read = np.matmul(nn.oneHot(positions, count), x);
    const head = layerNorm(p, 'headNorm', gelu(dense(p, 'head', read)));
    const logits = np.matmul(head, np.transpose(get(p, 'words'))).add(get(p, 'headBias'));
    const likelihoods = nn.logSoftmax(logits, -1).mul(nn.oneHot(labels, vocabSize));
    tree.dispose(p);
    return likelihoods.sum().mul(-1 / maskedRows(shape));
  };
}

/** Clipping at norm 1 and AdamW, decay on matrices only. Uses up its arguments. */
function createStep(shape: BenchShape) {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = trainingConfig(shape);
  const loss = valueAndGrad(lossOf(shape));
  return jit((p: Parameters, m: Parameters, v: Parameters, batch: np.Array[], corrections: np.Array): np.Array[][] => {
    const [ids, positions, labels] = batch as [np.Array, np.Array, np.Array];
    const [value, gradients] = loss(tree.ref(p), ids, positions, labels) as [np.Array, Parameters];
    const names = Object.keys(p);
    const squares = names.map((name) => np.square(get(gradients, name)).sum());
    const norm = np.sqrt(squares.reduce((sum, part) => sum.add(part)));
    const scale = np.minimum(np.reciprocal(norm.add(1e-6)), 1);
    const next: [np.Array[], np.Array[], np.Array[]] = [[], [], []];
    const [first, second] = [corrections.ref.slice(0), corrections.slice(1)];
    for (const name of names) {
      const [old, oldM, oldV, gradient] = [p[name], m[name], v[name], gradients[name]] as np.Array[];
      if (!old || !oldM || !oldV || !gradient) throw new Error(`no ${name}`);
      const g = gradient.mul(scale.ref);
      const newM = oldM.mul(beta1).add(g.ref.mul(1 - beta1));
      const newV = oldV.mul(beta2).add(np.square(g).mul(1 - beta2));
      const decay = /weight|words|places/.test(name) ? 1 - learningRate * weightDecay : 1;
      const update = newM.ref.mul(first.ref).div(np.sqrt(newV.ref.mul(second.ref)).add(epsilon));
      next[0].push(old.mul(decay).sub(update.mul(learningRate)));
      next[1].push(newM);
      next[2].push(newV);
    }
    for (const array of [scale, first, second]) array.dispose();
    return [...next, [value]];
  });
}

const zerosLike = (p: Parameters): Parameters =>
  Object.fromEntries(Object.entries(p).map(([name, array]) => [name, np.zeros(array.shape)]));

const create: CreateEngine = async (shape, backend) => {
  await init(backend);
  defaultDevice(backend);
  let p = createParameters(shape);
  const names = Object.keys(p);
  let [m, v] = [zerosLike(p), zerosLike(p)];
  const named = (arrays: readonly np.Array[]): Parameters =>
    Object.fromEntries(names.map((name, index) => [name, arrays[index] as np.Array]));
  const int32 = (values: Int32Array): np.Array => np.array(values, { dtype: np.int32 });
  const batches = Array.from({ length: BATCHES }, (_, index) => {
    const { inputIds, labels, positions } = benchBatch(shape, index + 1);
    return [int32(inputIds), int32(positions), int32(positions.map((at) => labels[at] ?? 0))];
  });
  const run = createStep(shape);
  const { beta1, beta2 } = trainingConfig(shape);
  let loss: np.Array | null = null;
  return {
    adapter: backend,
    step: (step) => {
      const corrections = np.array(new Float32Array([1 / (1 - beta1 ** (step + 1)), 1 / (1 - beta2 ** (step + 1))]));
      const batch = (batches[step % BATCHES] as np.Array[]).map((array) => array.ref);
      const [newP = [], newM = [], newV = [], [value] = []] = run(p, m, v, batch, corrections);
      [p, m, v] = [named(newP), named(newM), named(newV)];
      loss?.dispose();
      loss = value ?? null;
    },
    finish: async () => {
      await blockUntilReady([p, m, v]);
      return loss === null ? Number.NaN : Number((await loss.ref.data())[0]);
    },
    bytes: () => null,
    dispose: () => {
      loss?.dispose();
      for (const held of [p, m, v, batches]) tree.dispose(held);
      run.dispose();
    },
  };
};

serveEngine(create);
