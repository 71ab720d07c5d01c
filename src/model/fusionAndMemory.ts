/** What the recorded lowerings share: which nodes go into one kernel, and which values may lie in the same memory. */
import { StudioError } from '../core/errors.ts';
import type { Graph } from './graph.ts';
import type { AnyNode } from './ops.ts';
import { lengthOf, type Value } from './value.ts';

/** A node, and those that follow it in the same kernel, each reading the first result of the one before. */
export type Chain = readonly [AnyNode, ...AnyNode[]];

/**
 * Puts nodes into kernels. A node follows another if everything else that it reads is known by then.
 * @param mayFollow whether a lowering has a kernel for a chain with another node at its end
 */
export function chainsOf(nodes: readonly AnyNode[], mayFollow: (chain: Chain, next: AnyNode) => boolean): Chain[] {
  const users = usersOf(nodes);
  const pending = new Set(nodes.flatMap(({ out }) => Object.values<Value>(out)));
  const taken = new Set<AnyNode>();
  return nodes.flatMap((node) => {
    if (taken.has(node)) return [];
    const chain: [AnyNode, ...AnyNode[]] = [node];
    for (let next: AnyNode | undefined = node; next !== undefined; ) {
      const value = resultOf(next);
      next = users.get(value)?.find((user) => {
        const others = Object.values<Value>(user.in).filter((other) => other !== value);
        return !taken.has(user) && !others.some((other) => pending.has(other)) && mayFollow(chain, user);
      });
      if (next === undefined) continue;
      taken.add(next);
      chain.push(next);
    }
    for (const { out } of chain) for (const value of Object.values<Value>(out)) pending.delete(value);
    return [chain];
  });
}

/** The nodes that read each value. */
function usersOf(nodes: readonly AnyNode[]): ReadonlyMap<Value, readonly AnyNode[]> {
  const users = new Map<Value, AnyNode[]>();
  for (const node of nodes) {
    for (const value of Object.values<Value>(node.in)) users.set(value, [...(users.get(value) ?? []), node]);
  }
  return users;
}

/** The first result of a node: the one that others go on with. */
export function resultOf(node: AnyNode): Value {
  return Object.values<Value>(node.out)[0] as Value;
}

/** What a kernel, or several in a row, reads and writes. */
export interface Access {
  readonly reads: readonly Value[];
  readonly writes: readonly Value[];
  /** The first result takes the place of an operand of its length that nobody reads any more. */
  readonly inPlace?: boolean;
}

/** What a chain reads and writes. @param kept first results that are read elsewhere, of those that its nodes hand on */
export function accessOf(chain: Chain, kept: readonly Value[]): Access {
  const results = chain.flatMap(({ out }) => Object.values<Value>(out));
  const reads = chain.flatMap((node) => Object.values<Value>(node.in)).filter((value) => !results.includes(value));
  return { reads, writes: [...kept, ...chain.flatMap(({ out }) => Object.values<Value>(out).slice(1))] };
}

/** How a lowering finds what a graph's values are. `Place`: a range of a buffer, an address. */
export interface Places<Place> {
  input(name: string): Place;
  parameter(name: string): Place;
  gradient(name: string): Place;
  /** New memory, in numbers. */
  buffer(length: number): Place;
  /** What a value takes of it. */
  part(buffer: Place, value: Value): Place;
}

/** Shares memory among a graph's values. @param steps its kernels in order @returns where each value lies */
export function placeValues<Place>(
  { outputs }: Graph,
  steps: readonly Access[],
  places: Places<Place>,
): (value: Value) => Place {
  const { lengths, pieceOf } = shareMemory(steps, Object.values(outputs));
  const buffers = lengths.map((length) => places.buffer(length));
  return (value) => {
    if (value.role !== 'activation') return places[value.role](value.name);
    const buffer = buffers[pieceOf.get(value) ?? -1];
    if (buffer === undefined) throw new StudioError('internal', `${value.name} is nowhere`);
    return places.part(buffer, value);
  };
}

/** What a lowering that records kernels knows of its graph. */
export abstract class Lowering<Place> {
  readonly graph: Graph;
  /** Gradients and figures are added to what is there, since a step has several batches. */
  readonly accumulate: boolean;
  /** Where a value lies. */
  abstract readonly at: (value: Value) => Place;
  protected readonly users: ReadonlyMap<Value, readonly AnyNode[]>;

  constructor(graph: Graph, accumulate: boolean) {
    this.graph = graph;
    this.accumulate = accumulate;
    this.users = usersOf(graph.nodes);
  }

  /** Whether a gradient is added to what is there. */
  adds(node: AnyNode, result: string): boolean {
    return this.accumulate || node.adds.has(result);
  }

  /** Where values lie, by their names here. */
  all<Name extends string>(values: Readonly<Record<Name, Value>>): Readonly<Record<Name, Place>> {
    const places = Object.entries<Value>(values).map(([name, value]) => [name, this.at(value)]);
    return Object.fromEntries(places) as Record<Name, Place>;
  }
}

/** Pieces of memory, by number, and which one a value lies in. */
interface Memory {
  readonly lengths: readonly number[];
  readonly pieceOf: ReadonlyMap<Value, number>;
}

/**
 * Gives each value a piece of memory from where it is written to where it is read for the last time.
 * @param kept values that are read afterwards: each has a piece to itself
 */
export function shareMemory(steps: readonly Access[], kept: readonly Value[]): Memory {
  const pieces = new Pieces();
  const last = lastUses(steps, kept);
  for (const [place, access] of steps.entries()) {
    const ends = (value: Value): boolean => last.get(value) === place && pieces.of.has(value);
    const [result] = access.writes;
    const replaced =
      access.inPlace && result ? access.reads.find((value) => ends(value) && alike(value, result)) : undefined;
    if (replaced && result) pieces.replace(replaced, result);
    for (const value of access.writes) {
      if (value.role === 'activation' && !pieces.of.has(value)) pieces.give(value, kept.includes(value));
    }
    for (const value of [...access.reads, ...access.writes]) if (ends(value) && value !== replaced) pieces.take(value);
  }
  return { lengths: pieces.lengths, pieceOf: pieces.of };
}

/** The step at which a value is read for the last time, or else written. */
function lastUses(steps: readonly Access[], kept: readonly Value[]): ReadonlyMap<Value, number> {
  const last = new Map<Value, number>();
  for (const [place, { reads, writes }] of steps.entries()) {
    for (const value of [...reads, ...writes]) last.set(value, place);
  }
  for (const value of kept) last.set(value, steps.length);
  return last;
}

function alike(a: Value, b: Value): boolean {
  return lengthOf(a) === lengthOf(b);
}

class Pieces {
  readonly lengths: number[] = [];
  readonly of = new Map<Value, number>();
  readonly #free = new Set<number>();

  /** The smallest free piece that is large enough; else the largest is made larger. */
  give(value: Value, alone: boolean): void {
    const length = lengthOf(value);
    const bySize = [...this.#free].sort((a, b) => (this.lengths[a] ?? 0) - (this.lengths[b] ?? 0));
    const fitting = bySize.find((piece) => (this.lengths[piece] ?? 0) >= length) ?? bySize.at(-1);
    const piece = (alone ? undefined : fitting) ?? this.lengths.length;
    this.#free.delete(piece);
    this.lengths[piece] = Math.max(this.lengths[piece] ?? 0, length);
    this.of.set(value, piece);
  }

  replace(value: Value, by: Value): void {
    this.of.set(by, this.of.get(value) ?? 0);
  }

  take(value: Value): void {
    this.#free.add(this.of.get(value) ?? 0);
  }
}
