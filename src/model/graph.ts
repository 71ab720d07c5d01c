/**
 * A network as data: a list of operations over values, built once from a configuration and lowered by each backend. The
 * operations are in `ops.ts`, RoBERTa in `roberta.ts`, a training step in `step.ts`.
 *
 *     const graph = new GraphBuilder();
 *     const x = graph.input('x', [8, 4]);
 *     const weight = graph.parameter('dense.weight', [2, 4], 'matrix');
 *     const { y } = graph.add('dense', { x, weight, bias: graph.parameter('dense.bias', [2], 'bias') }, {}); // [8, 2]
 */
import { type AnyNode, type Ins, OPS, type OpName, type Ops, type Outs } from './ops.ts';
import { type Parameter, type ParameterKind, rowsOf, type Shape, type Value } from './value.ts';

export interface Graph {
  readonly nodes: readonly AnyNode[];
  readonly inputs: readonly Value[];
  /** In the order in which the file holds them. */
  readonly parameters: readonly Parameter[];
  /** What may be asked for, by name. */
  readonly outputs: Readonly<Record<string, Value>>;
  /** Places where units may be dropped; each has a seed of its own. */
  readonly dropoutSites: number;
}

export class GraphBuilder {
  readonly #nodes: AnyNode[];
  readonly #inputs: Map<string, Value>;
  readonly #parameters: Map<string, Parameter>;
  #dropoutSites: number;

  /** @param graph to go on from */
  constructor(graph?: Graph) {
    this.#nodes = [...(graph?.nodes ?? [])];
    this.#inputs = new Map(graph?.inputs.map((value) => [value.name, value]));
    this.#parameters = new Map(graph?.parameters.map((value) => [value.name, value]));
    this.#dropoutSites = graph?.dropoutSites ?? 0;
  }

  /** What changes from one batch to the next. The same name is the same value. */
  input(name: string, shape: Shape): Value {
    const value = this.#inputs.get(name) ?? { name, shape, role: 'input' };
    this.#inputs.set(name, value);
    return value;
  }

  /**
   * What is learned. The same name is the same value: that is how weights are shared.
   * @param groups of its columns and rows, if they come from an attention or go to one
   */
  parameter(
    name: string,
    shape: Shape,
    kind: ParameterKind,
    groups: Pick<Value, 'groups' | 'rowGroups'> = {},
  ): Parameter {
    const decay = kind === 'embedding' || kind === 'matrix';
    const value = this.#parameters.get(name) ?? { name, shape, role: 'parameter', kind, decay, ...groups };
    this.#parameters.set(name, value);
    return value;
  }

  /** Parameters of one shape below each other, as one. */
  stack(parts: readonly Parameter[]): Value {
    const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
    const shape = [rows, ...(parts[0]?.shape.slice(1) ?? [])];
    const name = parts.map((part) => part.name).join(' + ');
    const all = (groups = 1): number => parts.length * groups;
    const [first] = parts;
    const groups = shape.length === 1 ? { groups: all(first?.groups) } : { groups: first?.groups };
    return { name, shape, role: 'parameter', parts, ...groups, rowGroups: all(first?.rowGroups) };
  }

  /** The next place where units are dropped. */
  dropoutSite(): number {
    return this.#dropoutSites++;
  }

  /**
   * Appends an operation.
   * @param out where the results go that are not new
   * @param adds names of results that are added to what is there
   */
  add<Name extends OpName>(
    op: Name,
    ins: Ins<Name>,
    attributes: Ops[Name]['attributes'],
    out?: Outs<Name>,
    adds: ReadonlySet<string> = new Set(),
  ): Outs<Name> {
    const place = this.#nodes.length;
    const shapes = Object.entries<Shape>(OPS[op].shapes(ins, attributes));
    const { groups } = (OPS[op].groups ?? firstOf)(ins, attributes);
    const created = shapes.map(([name, shape]): [string, Value] => [
      name,
      { name: `${op}.${place}.${name}`, shape, role: 'activation', groups },
    ]);
    const results = out ?? (Object.fromEntries(created) as Outs<Name>);
    this.#nodes.push({ op, in: ins, out: results, attributes, adds } as unknown as AnyNode);
    return results;
  }

  finish(outputs: Graph['outputs']): Graph {
    return {
      nodes: this.#nodes,
      inputs: [...this.#inputs.values()],
      parameters: [...this.#parameters.values()],
      outputs,
      dropoutSites: this.#dropoutSites,
    };
  }
}

function firstOf(ins: object): Pick<Value, 'groups'> {
  return Object.values(ins)[0] as Value;
}
