/**
 * A training step's graph as a list of dispatches: one kernel a node, and what follows a node element by element in the same
 * one. Rows that are picked out of others, or spread over them, are read where they lie.
 */
import type { KernelStyle } from '../../core/device.ts';
import {
  type Access,
  accessOf,
  type Chain,
  chainsOf,
  Lowering,
  placeValues,
  resultOf,
} from '../../model/fusionAndMemory.ts';
import type { Graph } from '../../model/graph.ts';
import type { AnyNode, Node, OpName } from '../../model/ops.ts';
import { lengthOf, padded, rowsOf, type Value, widthOf } from '../../model/value.ts';
import { ALIGNMENT } from '../step/parameterLayout.ts';
import type { BatchInputs } from './batchInputs.ts';
import { attentionForward, attentionKeyGradient, attentionScoreGradient } from './kernels/attention.ts';
import type { AttentionShape } from './kernels/attentionShape.ts';
import { crossEntropy } from './kernels/crossEntropy.ts';
import { embeddingGradient } from './kernels/embeddingGradient.ts';
import {
  biased,
  denseGradients,
  dropped,
  type Epilogue,
  gelu,
  inTurn,
  type Piece,
  plus,
  store,
  times,
} from './kernels/epilogues.ts';
import { matMul } from './kernels/matMul.ts';
import { normBackward, normForward } from './kernels/norm.ts';
import { directly, embedded, gathered, rowsForward, type Source, scattered } from './kernels/rowSources.ts';
import { joinParts, normSums, type PartsShape, plainSums, stretchesOf } from './kernels/rowSums.ts';
import type { Dropout } from './kernels/wgsl.ts';
import type { Dispatch, Plan, Range } from './plan.ts';
import type { TrainingState } from './trainingState.ts';

/** What a step is recorded over. */
export interface Recording {
  readonly plan: Plan;
  readonly style: KernelStyle;
  readonly state: TrainingState;
  readonly inputs: BatchInputs;
  /** Gradients and figures are added to what is there, since a step has several batches. */
  readonly accumulate: boolean;
}

/** Records the dispatches of one batch. @returns where its outputs lie, by name */
export function recordBatch(graph: Graph, recording: Recording): Readonly<Record<string, Range>> {
  return new Recorder(graph, recording).record();
}

/** What goes element by element, and so may follow another node in its kernel. */
const PIECES: { readonly [Name in Elementwise]: (node: Node<Name>, x: Value, to: Recorder) => Piece } = {
  add: ({ in: { a, b } }, x, to) => plus(to.at(x === b ? a : b)),
  dropout: ({ attributes }, _, to) => dropped(to.dropout(attributes)),
  gelu: ({ out: { slope } }, _, to) => gelu(to.at(slope)),
  multiply: ({ in: { a, b } }, x, to) => times(to.at(x === b ? a : b)),
};
type Elementwise = 'add' | 'dropout' | 'gelu' | 'multiply';

/** Nodes whose kernel goes on with what follows: two more at most, since a kernel binds eight buffers. */
const FOLLOWED: readonly OpName[] = ['dense', 'denseInputGradient', 'embedding', 'layerNorm', 'layerNormGradient'];
const LONGEST = 3;
/** Who can read rows where they lie, instead of from a copy. */
const READS_THROUGH: Readonly<Record<'gather' | 'scatter', ReadonlySet<OpName>>> = {
  gather: new Set(['dense', 'denseGradient']),
  scatter: new Set(['layerNormGradient', 'layerNormSums']),
};

type Entries = { readonly [Name in OpName]: (node: Node<Name>, chain: Chain, to: Recorder) => readonly Dispatch[] };

const ENTRIES: Entries = {
  embedding: ({ in: { ids, places, words, positions, types }, out: { y } }, chain, to) => {
    const from = embedded(to.all({ ids, places, words, positions, types }), padded(y));
    return [rowsForward('embedding', rowsOf(y), padded(y), from, to.epilogue(chain))];
  },
  layerNorm: ({ in: { x, scale, shift }, out: { moments }, attributes: { epsilon } }, chain, to) => {
    const ranges = to.all({ x, scale, shift, moments });
    return [normForward(to.style, shapeOf(x), epsilon, ranges, to.epilogue(chain))];
  },
  dropout: (node, chain, to) => [to.elementwise(node.op, node.in.x, chain)],
  gelu: (node, chain, to) => [to.elementwise(node.op, node.in.x, chain)],
  add: (node, chain, to) => [to.elementwise(node.op, node.in.a, chain)],
  multiply: (node, chain, to) => [to.elementwise(node.op, node.in.a, chain)],
  dense: ({ in: { x, weight, bias }, out: { y } }, chain, to) => {
    const { range: a, rows } = to.operand(x);
    const product = { name: weight.name, form: 'nt', m: rowsOf(y), n: padded(y), k: padded(x) } as const;
    const epilogue = to.epilogue(chain, [biased(to.at(bias))]);
    return [matMul(to.style, { ...product, a, ...(rows && { rowsOfA: rows }), b: to.at(weight), epilogue })];
  },
  denseInputGradient: ({ in: { dy, weight } }, chain, to) => {
    const product = { name: `d ${weight.name}`, form: 'nn', m: rowsOf(dy), n: padded(weight), k: padded(dy) } as const;
    return [matMul(to.style, { ...product, a: to.at(dy), b: to.at(weight), epilogue: to.epilogue(chain) })];
  },
  denseGradient: (node, _, to) => {
    const { dy, x } = node.in;
    const { range: b, rows } = to.operand(x);
    const product = { name: `gradient ${node.out.weight.name}`, form: 'tn' } as const;
    const sizes = { m: padded(dy), n: padded(x), k: rowsOf(dy) };
    const adds = { weight: to.adds(node, 'weight'), bias: to.adds(node, 'bias') };
    const epilogue = denseGradients(to.at(node.out.weight), to.at(node.out.bias), adds);
    return [matMul(to.style, { ...product, ...sizes, a: to.at(dy), b, ...(rows && { rowsOfB: rows }), epilogue })];
  },
  attention: ({ in: { qkv, attended }, out: { y, probabilities }, attributes }, _, to) => {
    const ranges = to.all({ qkv, attended, probabilities, context: y });
    return [attentionForward(to.style, headsOf(probabilities, y), ranges, to.dropout(attributes))];
  },
  attentionGradient: ({ in: { dy, qkv, y, probabilities }, out: { dQkv, dScores }, attributes }, _, to) => {
    const ranges = to.all({ qkv, probabilities, context: y, dContext: dy, dScores, dQkv });
    const shape = headsOf(probabilities, y);
    return [
      attentionScoreGradient(to.style, shape, ranges, to.dropout(attributes)),
      attentionKeyGradient(to.style, shape, ranges),
    ];
  },
  gather: ({ in: { x, rows }, out: { y } }, chain, to) => [
    rowsForward('gather', ...sidesOf(y), gathered(to.at(x), to.at(rows), padded(y)), to.epilogue(chain)),
  ],
  scatter: ({ in: { dy, rowOf }, out: { dx } }, chain, to) => [
    rowsForward('scatter', ...sidesOf(dx), scattered(to.at(dy), to.at(rowOf), padded(dx)), to.epilogue(chain)),
  ],
  crossEntropy: ({ in: { logits, labels, weights }, out: { figures }, attributes: { smoothing } }, _, to) => {
    const shape = { rows: rowsOf(logits), vocabSize: widthOf(logits), paddedVocabSize: padded(logits), smoothing };
    return [crossEntropy(to.style, shape, to.all({ logits, labels, weights, figures }), to.accumulate)];
  },
  layerNormGradient: ({ in: { dy, x, moments, scale } }, chain, to) => {
    const ranges = to.all({ x, moments, scale });
    return [normBackward(to.style, shapeOf(x), ranges, to.source(dy), to.epilogue(chain))];
  },
  layerNormSums: (_, chain, to) => {
    const sums = chain.flatMap((node, place) => {
      if (node.op !== 'layerNormSums') return [];
      const { dy, x, moments } = node.in;
      const ranges = { ...to.all({ x, moments }), upstream: to.source(dy, `from${place}`) };
      return [{ rows: rowsOf(x), ...ranges, column: to.column(node.out.scale), adds: node.adds.has('scale') }];
    });
    return [normSums(to.partsShape, to.parts, sums)];
  },
  embeddingGradient: (node, _, to) => {
    const { dy, ...lists } = node.in;
    const { words, positions, types } = node.out;
    const shape = { vocabSize: rowsOf(words), positions: rowsOf(positions), width: padded(dy) };
    const ranges = to.all({ ...lists, dx: dy, words, positions });
    const adds = { words: to.adds(node, 'words'), positions: to.adds(node, 'positions') };
    const sums = { rows: rowsOf(dy), column: to.column(types), adds: node.adds.has('types') };
    return [plainSums(to.partsShape, to.parts, ranges.dx, sums), embeddingGradient(shape, ranges, adds)];
  },
};

class Recorder extends Lowering<Range> {
  readonly at: (value: Value) => Range;
  readonly style: KernelStyle;
  readonly partsShape: PartsShape;
  readonly parts: Range;
  readonly #recording: Recording;
  readonly #origins: ReadonlyMap<Value, AnyNode>;
  readonly #chains: readonly Chain[];

  constructor(graph: Graph, recording: Recording) {
    const { plan, state, style, inputs } = recording;
    super(graph, recording.accumulate);
    this.style = style;
    this.#recording = recording;
    this.#origins = new Map(graph.nodes.map((node) => [resultOf(node), node]));
    this.partsShape = partsShapeOf(graph, state.layout.rowSums.length);
    this.parts = plan.buffer(this.partsShape.stretches * this.partsShape.columns);
    const mayFollow = (chain: Chain, next: AnyNode): boolean =>
      (FOLLOWED.includes(chain[0].op) || isElementwise(chain[0])) &&
      isElementwise(next) &&
      chain.length < LONGEST &&
      !chain.some(({ op }) => op === next.op);
    const chains = chainsOf(graph.nodes, mayFollow).filter(([head]) => !this.isReadThrough(resultOf(head)));
    this.#chains = this.#pairSums(chains);
    const accesses = this.#chains.map((chain) => this.#accessTo(chain));
    this.at = placeValues(graph, accesses, {
      input: (name) => inputs.range(name),
      parameter: (name) => state.parameter(name),
      gradient: (name) => state.gradient(name),
      buffer: (length) => plan.buffer(length),
      part: ({ buffer }, value) => ({ buffer, start: 0, length: 4 * Math.ceil(lengthOf(value) / 4) }),
    });
  }

  record(): Readonly<Record<string, Range>> {
    const { plan, state } = this.#recording;
    for (const chain of this.#chains) {
      const entry = ENTRIES[chain[0].op] as (node: AnyNode, chain: Chain, to: Recorder) => readonly Dispatch[];
      for (const dispatch of entry(chain[0], chain, this)) plan.add(dispatch);
    }
    const sums = { buffer: state.gradients.buffer, ...state.layout.rowSums };
    plan.add(joinParts(this.partsShape, this.parts, sums, this.accumulate));
    return this.all(this.graph.outputs);
  }

  dropout({ rate, site }: { readonly rate: number; readonly site: number }): Dropout {
    return { rate, seed: this.#recording.inputs.seed(site) };
  }

  /** First column of a parameter's sums in the parts. */
  column(gradient: Value): number {
    return this.at(gradient).start - this.#recording.state.layout.rowSums.start;
  }

  /** An operand of a product, and which of its rows to read. */
  operand(value: Value): { readonly range: Range; readonly rows?: Range } {
    const origin = this.#origins.get(value);
    if (origin?.op !== 'gather' || !this.isReadThrough(value)) return { range: this.at(value) };
    return { range: this.at(origin.in.x), rows: this.at(origin.in.rows) };
  }

  /** Rows as a kernel reads them. */
  source(value: Value, prefix = ''): Source {
    const origin = this.#origins.get(value);
    if (origin?.op !== 'scatter' || !this.isReadThrough(value)) return directly(this.at(value), padded(value), prefix);
    return scattered(this.at(origin.in.dy), this.at(origin.in.rowOf), padded(value), prefix);
  }

  /** Whether rows are read where they lie, so that no copy is made. */
  isReadThrough(value: Value): boolean {
    const op = this.#origins.get(value)?.op;
    if (op !== 'gather' && op !== 'scatter') return false;
    return (this.users.get(value) ?? []).every((user) => READS_THROUGH[op].has(user.op));
  }

  /** A kernel of its own for what else follows another one. */
  elementwise(name: Elementwise, x: Value, chain: Chain): Dispatch {
    return rowsForward(name, ...sidesOf(x), directly(this.at(x), padded(x)), this.epilogue(chain, [], x));
  }

  /**
   * What is done in a chain, and what of it is kept.
   * @param pieces what its first node begins with
   * @param x what its first node reads, if that goes element by element, too
   */
  epilogue(chain: Chain, pieces: readonly Piece[] = [], x?: Value): Epilogue {
    const kept = this.#resultsKept(chain);
    let value = x;
    const all = chain.flatMap((node) => {
      const own = value !== undefined && isElementwise(node) ? [pieceOf(node, value, this)] : [];
      value = resultOf(node);
      return kept.includes(value) ? [...own, store(this.at(value))] : own;
    });
    return inTurn(...pieces, ...all);
  }

  /** Results that somebody else reads. */
  #resultsKept(chain: Chain): Value[] {
    return chain.map(resultOf).filter((value) => {
      const users = this.users.get(value) ?? [];
      return users.some((user) => !chain.includes(user)) && !this.isReadThrough(value);
    });
  }

  #accessTo(chain: Chain): Access {
    const { reads, writes } = accessOf(chain, this.#resultsKept(chain));
    const origins = reads.flatMap((value) => {
      const origin = this.isReadThrough(value) ? this.#origins.get(value) : undefined;
      return origin === undefined ? [value] : Object.values<Value>(origin.in);
    });
    return { reads: origins, writes, inPlace: chain[0].op === 'crossEntropy' };
  }

  /** Two LayerNorms' sums are one dispatch: the first of them waits for the second. */
  #pairSums(chains: readonly Chain[]): Chain[] {
    const paired: Chain[] = [];
    let waiting: Chain | null = null;
    for (const chain of chains) {
      if (chain[0].op !== 'layerNormSums') paired.push(chain);
      else if (waiting === null) waiting = chain;
      else if (this.#mayPair(waiting[0], chain[0])) {
        paired.push([...waiting, ...chain]);
        waiting = null;
      } else {
        paired.push(waiting);
        waiting = chain;
      }
    }
    return waiting === null ? paired : [...paired, waiting];
  }

  /** Not two of the same parameter, which would write to the same parts, and not nine buffers. */
  #mayPair(a: AnyNode, b: AnyNode): boolean {
    if (a.op !== 'layerNormSums' || b.op !== 'layerNormSums') return false;
    return a.out.scale.name !== b.out.scale.name && !(this.isReadThrough(a.in.dy) && this.isReadThrough(b.in.dy));
  }
}

type ElementwiseNode = Extract<AnyNode, { readonly op: Elementwise }>;

function isElementwise(node: AnyNode): node is ElementwiseNode {
  return node.op in PIECES;
}

function pieceOf(node: ElementwiseNode, x: Value, to: Recorder): Piece {
  return (PIECES[node.op] as (node: ElementwiseNode, x: Value, to: Recorder) => Piece)(node, x, to);
}

function shapeOf(x: Value): { readonly rows: number; readonly width: number } {
  return { rows: rowsOf(x), width: widthOf(x) };
}

function sidesOf(x: Value): [rows: number, width: number] {
  return [rowsOf(x), padded(x)];
}

/** @param probabilities [B, A, T, T]; y [N, H] */
function headsOf({ shape: [batch = 1, heads = 1, columns = 1] }: Value, y: Value): AttentionShape {
  return { batch, heads, columns, headSize: widthOf(y) / heads };
}

/** @param columns numbers in a row of parts */
function partsShapeOf({ nodes }: Graph, columns: number): PartsShape {
  const rows = Math.max(1, ...nodes.map((node) => (node.op === 'layerNorm' ? rowsOf(node.in.x) : 1)));
  const width = Math.max(1, ...nodes.map((node) => (node.op === 'layerNorm' ? padded(node.in.x) : 1)));
  return { width, stride: ALIGNMENT * Math.ceil(width / ALIGNMENT), columns, stretches: stretchesOf(rows) };
}
