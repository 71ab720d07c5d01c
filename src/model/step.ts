/** A training step as a graph: the network, its loss, and the backward pass to the gradient of every parameter. */
import { type Graph, GraphBuilder } from './graph.ts';
import { type AnyNode, type Ins, OPS, type OpName, type Ops, type Outs, type Tape } from './ops.ts';
import { rowsOf, type Shape, type Value } from './value.ts';

/**
 * Appends the masked-LM loss and its gradients, by walking the list backwards.
 * Inputs beside the network's: `labels` [M], `weights` [M], which add up to 1 over the step, and the lists that gradients of
 * look-ups need, named after the look-up's own input. Output: `figures` [2M].
 * @param network with an output `logits` [M, V]
 * @param smoothing share of each target that is spread evenly over the vocabulary
 */
export function trainingStep(network: Graph, smoothing: number): Graph {
  const { logits } = network.outputs as { readonly logits: Value };
  const graph = new GraphBuilder(network);
  const rows = [rowsOf(logits)];
  const [labels, weights] = [graph.input('labels', rows), graph.input('weights', rows)];
  const { dLogits, figures } = graph.add('crossEntropy', { logits, labels, weights }, { smoothing });
  const backward = new Backward(graph);
  backward.pass(logits, dLogits);
  for (const node of network.nodes.toReversed()) backward.through(node);
  return graph.finish({ figures });
}

class Backward implements Tape {
  readonly #graph: GraphBuilder;
  readonly #gradients = new Map<Value, Value>();
  /** Names of the parameters that have a gradient. */
  readonly #learned = new Set<string>();

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** Appends the gradients of a node's operands, unless nothing that is learned from depends on it. */
  through(node: AnyNode): void {
    const dy = this.#gradients.get(Object.values<Value>(node.out)[0] as Value);
    const { gradient } = OPS[node.op] as { gradient?: (node: AnyNode, dy: Value, tape: Tape) => void };
    if (dy !== undefined) gradient?.(node, dy, this);
  }

  input(name: string, shape: Shape): Value {
    return this.#graph.input(name, shape);
  }

  add<Name extends OpName>(op: Name, ins: Ins<Name>, attributes: Ops[Name]['attributes']): Outs<Name> {
    return this.#graph.add(op, ins, attributes);
  }

  learn<Name extends OpName>(op: Name, ins: Ins<Name>, parameters: Outs<Name>): void {
    const named = Object.entries<Value>(parameters);
    const out = named.map(([name, parameter]) => [name, { ...parameter, role: 'gradient' }]);
    const adds = named.filter(([, parameter]) => this.#learned.has(parameter.name)).map(([name]) => name);
    this.#graph.add(op, ins, {}, Object.fromEntries(out) as Outs<Name>, new Set(adds));
    for (const [, { name }] of named) this.#learned.add(name);
  }

  pass(value: Value, gradient: Value): void {
    const other = this.#gradients.get(value);
    this.#gradients.set(value, other ? this.#graph.add('add', { a: gradient, b: other }, {}).y : gradient);
  }
}
