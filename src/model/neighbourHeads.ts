/**
 * Initial values with which a small RoBERTa starts by looking at its neighbours. The architecture and the file format are
 * RoBERTa's own; only the numbers differ from normal(0, 0.02).
 *
 * The first P dimensions of the residual stream hold the position and the other H − P the word:
 *
 * 1. The position table holds sines and cosines whose angular speeds are spread over (0, π), so that the product of two
 *    positions peaks sharply where they are equal. Words are 0 in those dimensions.
 * 2. Query and key of a head read the position, the key's turned by a fixed offset: the head looks at position i + offset.
 * 3. Value and output of the heads of one offset form a partial isometry on the word's dimensions: the neighbour's word is
 *    copied, turned, beside the word that stands there.
 * 4. The feed-forward blocks start small, the head's dense layer is the identity, and the output bias holds the logarithm of
 *    each token's frequency, so that the first loss is the unigram line and gradients are about neighbours from the start.
 *
 * At a width of 128 the usual values leave attention a few percent of the residual stream and no way to find a neighbour:
 * training stays at word frequencies for thousands of steps. Why each part is there: docs/LEARNING.md.
 */
import { FIRST_ORDINARY_ID, type ModelConfig, PAD_ID } from '../core/config.ts';
import { StudioError } from '../core/errors.ts';
import { createRng, deriveSeed, type Rng } from '../core/rng.ts';

/** Deviation of the word table, and root mean square of the position table. */
const EMBEDDING_SCALE = 0.01;
/** Weight of the head's LayerNorm: with it a small word table gives logits of a usable size, and learns relatively faster. */
const HEAD_NORM_WEIGHT = 4;
/** Size of what attention copies, in the first layer and in the others: more in the others drowns the position. */
const COPY_GAINS = [1, 0.3] as const;
/** Deviation of an ordinary matrix is this divided by the root of its inputs. */
const LINEAR_GAIN = 0.9;
/** The same for the second matrix of the feed-forward block: it starts small. */
const FEED_FORWARD_GAIN = 0.2;
/** What is left of the random part of query and key. */
const QUERY_KEY_NOISE = 0.1;
/** Size of query's and key's position part: a head gives its neighbour most of its attention at the start. */
const SHARPNESS = 2;
/** Angular speeds of the position table go from the first to the second. */
const SPEEDS = [0.05, 0.95 * Math.PI] as const;
/** Offsets of the heads after the first layer, in turn. */
const LATER_OFFSETS = [-1, 1, -2, 2] as const;

/** How often each token stands in the training text. */
export interface TokenCounts {
  readonly counts: Uint32Array; // [V]
  readonly lineBreakId: number;
}

/** Where a head looks first: half of the first layer's heads to the left, half to the right, later ones further too. */
export function headOffset(layer: number, head: number, heads: number): number {
  if (layer === 0) return head < heads / 2 ? -1 : 1;
  return LATER_OFFSETS[head % LATER_OFFSETS.length] ?? -1;
}

/**
 * Writes the initial values over weights that are there already (biases 0, LayerNorm 1 and 0).
 * @param weights every parameter by its state-dict name; changed in place
 * @throws StudioError `internal` if one is missing
 */
export function startAtNeighbours(
  weights: ReadonlyMap<string, Float32Array>,
  model: ModelConfig,
  seed: number,
  text: TokenCounts | null,
): void {
  const { hiddenSize: H, intermediateSize: F, numAttentionHeads: A } = model;
  const positionSize = positionDimensions(H, A);
  const at = (name: string): Float32Array => {
    const values = weights.get(name);
    if (values === undefined) throw new StudioError('internal', `no parameter ${name}`, { name });
    return values;
  };
  const streamOf = (name: string): Rng => createRng(deriveSeed(seed, 'neighbours', name));
  const fillNormal = (name: string, deviation: number): void => {
    const rng = streamOf(name);
    const values = at(name);
    for (let i = 0; i < values.length; i++) values[i] = deviation * rng.normal();
  };
  startWords(at('roberta.embeddings.word_embeddings.weight'), H, positionSize, streamOf('words'));
  startPositions(at('roberta.embeddings.position_embeddings.weight'), H, positionSize);
  at('roberta.embeddings.token_type_embeddings.weight').fill(0);
  for (let layer = 0; layer < model.numHiddenLayers; layer++) {
    const prefix = `roberta.encoder.layer.${layer}`;
    const self = `${prefix}.attention.self`;
    fillNormal(`${self}.query.weight`, (QUERY_KEY_NOISE * LINEAR_GAIN) / Math.sqrt(H));
    fillNormal(`${self}.key.weight`, (QUERY_KEY_NOISE * LINEAR_GAIN) / Math.sqrt(H));
    fillNormal(`${prefix}.intermediate.dense.weight`, LINEAR_GAIN / Math.sqrt(H));
    fillNormal(`${prefix}.output.dense.weight`, FEED_FORWARD_GAIN / Math.sqrt(F));
    const offsets = Array.from({ length: A }, (_, head) => headOffset(layer, head, A));
    aimHeads(at(`${self}.query.weight`), at(`${self}.key.weight`), offsets, H, positionSize);
    const value = at(`${self}.value.weight`);
    const output = at(`${prefix}.attention.output.dense.weight`);
    const gain = COPY_GAINS[layer === 0 ? 0 : 1];
    copyNeighbours({ value, output, offsets, H, positionSize, gain }, streamOf(`${prefix}.copy`));
  }
  startIdentity(at('lm_head.dense.weight'), H);
  at('lm_head.layer_norm.weight').fill(HEAD_NORM_WEIGHT);
  if (text) startFrequencies(at('lm_head.bias'), text);
}

/** P: as many dimensions as a head has, an even number. */
function positionDimensions(hiddenSize: number, heads: number): number {
  const headSize = 2 * Math.max(1, Math.floor(hiddenSize / heads / 2));
  // A single head is as wide as the model; words need room, too.
  return headSize < hiddenSize ? headSize : 2 * Math.floor(hiddenSize / 4);
}

function startWords(table: Float32Array, H: number, positionSize: number, rng: Rng): void {
  for (let i = 0; i < table.length; i++) {
    const isPadRow = Math.floor(i / H) === PAD_ID;
    const drawn = EMBEDDING_SCALE * rng.normal();
    table[i] = i % H < positionSize || isPadRow ? 0 : drawn;
  }
}

/** Angular speed of each pair of position dimensions. */
function speedsOf(positionSize: number): number[] {
  const pairs = positionSize / 2;
  const [slowest, fastest] = SPEEDS;
  return Array.from({ length: pairs }, (_, pair) => slowest + ((fastest - slowest) * pair) / Math.max(1, pairs - 1));
}

function startPositions(table: Float32Array, H: number, positionSize: number): void {
  table.fill(0);
  const speeds = speedsOf(positionSize);
  for (let position = PAD_ID + 1; position < table.length / H; position++) {
    speeds.forEach((speed, pair) => {
      table[position * H + 2 * pair] = EMBEDDING_SCALE * Math.SQRT2 * Math.sin(position * speed);
      table[position * H + 2 * pair + 1] = EMBEDDING_SCALE * Math.SQRT2 * Math.cos(position * speed);
    });
  }
}

/** Query takes the position as it is, key turned by −offset, so that q_i · k_j peaks at j = i + offset. */
function aimHeads(
  query: Float32Array,
  key: Float32Array,
  offsets: readonly number[],
  H: number,
  positionSize: number,
): void {
  const D = H / offsets.length;
  const speeds = speedsOf(positionSize);
  const add = (matrix: Float32Array, row: number, column: number, value: number): void => {
    matrix[row * H + column] = (matrix[row * H + column] ?? 0) + value;
  };
  offsets.forEach((offset, head) => {
    for (let j = 0; j < Math.floor(D / 2); j++) {
      const pair = j % speeds.length;
      const angle = (speeds[pair] ?? 0) * offset;
      const row = head * D + 2 * j;
      add(query, row, 2 * pair, SHARPNESS);
      add(query, row + 1, 2 * pair + 1, SHARPNESS);
      add(key, row, 2 * pair, SHARPNESS * Math.cos(angle));
      add(key, row, 2 * pair + 1, -SHARPNESS * Math.sin(angle));
      add(key, row + 1, 2 * pair, SHARPNESS * Math.sin(angle));
      add(key, row + 1, 2 * pair + 1, SHARPNESS * Math.cos(angle));
    }
  });
}

interface AttentionCopy {
  readonly value: Float32Array; // [H, H], rows are head dimensions
  readonly output: Float32Array; // [H, H], columns are head dimensions
  readonly offsets: readonly number[];
  readonly H: number;
  readonly positionSize: number;
  /** Size of output · value. */
  readonly gain: number;
}

/** Heads of one offset share one partial isometry from the word's dimensions to the word's dimensions. */
function copyNeighbours({ value, output, offsets, H, positionSize, gain }: AttentionCopy, rng: Rng): void {
  value.fill(0);
  output.fill(0);
  const D = H / offsets.length;
  const wordSize = H - positionSize;
  for (const offset of new Set(offsets)) {
    const rows = offsets.flatMap((own, head) =>
      own === offset ? Array.from({ length: D }, (_, d) => head * D + d) : [],
    );
    const rank = Math.min(rows.length, wordSize);
    const read = orthonormalRows(rank, wordSize, rng);
    const write = orthonormalRows(rank, wordSize, rng);
    for (let r = 0; r < rank; r++) {
      const row = rows[r] ?? 0;
      for (let w = 0; w < wordSize; w++) {
        value[row * H + positionSize + w] = Math.sqrt(gain) * (read[r]?.[w] ?? 0);
        output[(positionSize + w) * H + row] = Math.sqrt(gain) * (write[r]?.[w] ?? 0);
      }
    }
  }
}

/** Rows of unit length, at right angles to each other, in random directions (Gram-Schmidt on normal vectors). */
function orthonormalRows(count: number, length: number, rng: Rng): Float64Array[] {
  const rows: Float64Array[] = [];
  while (rows.length < count) {
    const row = Float64Array.from({ length }, () => rng.normal());
    for (const other of rows) subtractProjection(row, other);
    const norm = Math.hypot(...row);
    if (norm > 1e-6) rows.push(row.map((entry) => entry / norm));
  }
  return rows;
}

function subtractProjection(row: Float64Array, onto: Float64Array): void {
  let product = 0;
  for (let i = 0; i < row.length; i++) product += (row[i] ?? 0) * (onto[i] ?? 0);
  for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) - product * (onto[i] ?? 0);
}

function startIdentity(matrix: Float32Array, H: number): void {
  matrix.fill(0);
  for (let i = 0; i < H; i++) matrix[i * H + i] = 1;
}

/** log((count + ½) / total) for tokens that can be masked; special tokens and line breaks count as never seen. */
function startFrequencies(bias: Float32Array, { counts, lineBreakId }: TokenCounts): void {
  const shares = Float64Array.from(bias, (_, id) =>
    id < FIRST_ORDINARY_ID || id === lineBreakId ? 0.5 : (counts[id] ?? 0) + 0.5,
  );
  const total = shares.reduce((sum, share) => sum + share, 0);
  shares.forEach((share, id) => {
    bias[id] = Math.log(share / total);
  });
}
