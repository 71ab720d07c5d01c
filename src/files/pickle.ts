/**
 * Reads Python's pickles and runs none of their code: values are built of plain data, and a name of Python means nothing unless
 * the caller gives it a meaning. Every opcode takes its bytes from the file and adds one value at most, so that memory stays
 * within a small multiple of the file's size.
 *
 *     80 02 7d 58 01000000 61 4b 01 73 2e   →   PROTO 2, {}, "a", 1, SETITEM, STOP   →   Map { "a" → 1 }
 *
 * Source: `pickletools.py` and `pickle.py` in CPython, protocols 0 to 5.
 */

/** Why a pickle is not read; continues "this file …". */
export class PickleProblem extends Error {}
/** It is cut off or damaged: no program reads it. */
export class PickleDamage extends PickleProblem {}

/** Something that the caller made: see {@link Python}. */
export interface PickledObject {
  readonly kind: string;
}

/** An object of a class that means nothing here: what it holds is kept, and nothing is done with it. */
export interface Instance extends PickledObject {
  readonly kind: 'instance';
  /** Its attributes, where the pickle gives it some. */
  state: Pickled;
}

/** What a pickle becomes: lists, tuples and sets are arrays, dicts are maps. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Pickled[]
  | Map<Pickled, Pickled>
  | PickledObject;

/** What a function or a class of Python makes of arguments. */
export type PythonCall = (args: readonly Pickled[]) => Pickled;

/** The names that a pickle may use, and what lies outside of it. */
export interface Python {
  /** @throws PickleProblem for a name that is not known */
  find(module: string, name: string): PythonCall | PickledObject;
  /** What a persistent id stands for. @throws PickleProblem */
  load(id: Pickled): Pickled;
}

/** A place on the stack where the items of a list begin. */
const MARK = Symbol('mark');
/** A function of Python that waits for its arguments. */
class Callable {
  readonly call: PythonCall;
  constructor(call: PythonCall) {
    this.call = call;
  }
}
type Item = Pickled | Callable | typeof MARK;

/** Whole numbers of more bytes, and lines of numbers that are longer, are no sizes. */
const LONGEST_NUMBER = 64;
const LATIN1 = new TextDecoder('latin1');
const UTF8 = new TextDecoder();

const broken = (reason: string): PickleDamage => new PickleDamage(`is a damaged pickle: ${reason}`);
const cutOff = (): PickleDamage => new PickleDamage('is a pickle that is cut off');

/** The bytes of a pickle, one after the other. */
class Reader {
  readonly bytes: Uint8Array;
  at: number;
  readonly #view: DataView;
  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count: number): Uint8Array {
    const from = this.at;
    if (!(from + count <= this.bytes.length)) throw cutOff();
    this.at += count;
    return this.bytes.subarray(from, this.at);
  }

  /** A whole number of 1, 2, 4 or 8 bytes without a sign. */
  size(count: 1 | 2 | 4 | 8): number {
    return this.take(count).reduceRight((sum, byte) => 256 * sum + byte, 0);
  }

  int32(): number {
    this.take(4);
    return this.#view.getInt32(this.at - 4, true);
  }

  float64(): number {
    this.take(8);
    return this.#view.getFloat64(this.at - 8);
  }

  /** Text up to the end of a line. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw cutOff();
    const text = UTF8.decode(this.take(end - this.at));
    this.at++;
    return text;
  }

  /** A whole number with a sign, in so many bytes. */
  long(count: number): Pickled {
    if (count > LONGEST_NUMBER) throw broken('a number is too long');
    const digits = [...this.take(count)].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
    return plain(BigInt.asIntN(8 * count, BigInt(`0x0${digits.join('')}`)));
  }

  /** A whole number in decimal digits, as protocol 0 writes it. */
  digits(): Pickled {
    const text = this.line().replace(/L$/, '');
    if (text === '00' || text === '01') return text === '01';
    if (!/^-?\d+$/.test(text) || text.length > LONGEST_NUMBER)
      throw broken('a number has characters other than digits');
    return plain(BigInt(text));
  }
}

const plain = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

/** The values that are not finished. */
class Stack {
  readonly #items: Item[] = [];

  push(item: Item): void {
    this.#items.push(item);
  }

  pop(): Item {
    const item = this.#items.pop();
    if (item === undefined) throw broken('it takes more values than it has');
    return item;
  }

  top(): Item {
    const item = this.pop();
    this.push(item);
    return item;
  }

  value(): Pickled {
    return finished(this.pop());
  }

  /** Values since the last mark, which goes as well. */
  toMark(): Pickled[] {
    const from = this.#items.lastIndexOf(MARK);
    if (from < 0) throw broken('a mark is missing');
    return this.#items.splice(from).slice(1).map(finished);
  }

  values(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.value()).reverse();
  }

  isOnInstance(): boolean {
    const item = this.top();
    return item !== MARK && !(item instanceof Callable) && isInstance(item);
  }

  list(): Pickled[] {
    const item = this.top();
    if (!Array.isArray(item)) throw broken('it adds to something that is not a list');
    return item;
  }

  map(): Map<Pickled, Pickled> {
    const item = this.top();
    if (!(item instanceof Map)) throw broken('it adds to something that is not a dict');
    return item;
  }
}

/** A function that is kept rather than called, such as the factory of a defaultdict, is nothing. */
function finished(item: Item): Pickled {
  if (item === MARK) throw broken('a mark is in the wrong place');
  return item instanceof Callable ? null : item;
}

function fill(map: Map<Pickled, Pickled>, items: readonly Pickled[]): Map<Pickled, Pickled> {
  for (let at = 0; at + 1 < items.length; at += 2) map.set(items[at] as Pickled, items[at + 1] as Pickled);
  return map;
}

interface Machine {
  readonly read: Reader;
  readonly stack: Stack;
  readonly memo: Map<number, Item>;
  readonly python: Python;
}

function find({ python, stack }: Machine, module: string, name: string): void {
  const found = python.find(module, name);
  stack.push(typeof found === 'function' ? new Callable(found) : found);
}

function call({ stack }: Machine): void {
  const args = stack.value();
  const callable = stack.pop();
  if (!(callable instanceof Callable) || !Array.isArray(args)) throw broken('it calls what can’t be called');
  stack.push(callable.call(args));
}

function recall({ memo, stack }: Machine, place: number): void {
  const item = memo.get(place);
  if (item === undefined) throw broken('it refers to a value that it does not contain');
  stack.push(item);
}

/** A quoted text of protocol 0; what is escaped in it names no weight. */
const quoted = (line: string): string => line.slice(1, -1);

type Step = (machine: Machine) => void;
const pushing =
  (make: (read: Reader) => Item): Step =>
  ({ read, stack }) =>
    stack.push(make(read));

/** What each opcode does. Classes that are made by their own opcodes, and whatever is not here, are refused. */
const STEPS: ReadonlyMap<number | undefined, Step> = new Map<number, Step>([
  [0x80, ({ read }) => void read.take(1)], // PROTO
  [0x95, ({ read }) => void read.take(8)], // FRAME
  [0x28, pushing(() => MARK)],
  [0x30, ({ stack }) => void stack.pop()], // POP
  [0x31, ({ stack }) => void stack.toMark()], // POP_MARK
  [0x32, ({ stack }) => stack.push(stack.top())], // DUP
  [0x4e, pushing(() => null)], // NONE
  [0x88, pushing(() => true)], // NEWTRUE
  [0x89, pushing(() => false)], // NEWFALSE
  [0x49, pushing((read) => read.digits())], // INT
  [0x4c, pushing((read) => read.digits())], // LONG
  [0x4a, pushing((read) => read.int32())], // BININT
  [0x4b, pushing((read) => read.size(1))], // BININT1
  [0x4d, pushing((read) => read.size(2))], // BININT2
  [0x8a, pushing((read) => read.long(read.size(1)))], // LONG1
  [0x8b, pushing((read) => read.long(read.size(4)))], // LONG4
  [0x46, pushing((read) => Number(read.line()))], // FLOAT
  [0x47, pushing((read) => read.float64())], // BINFLOAT
  [0x53, pushing((read) => quoted(read.line()))], // STRING
  [0x54, pushing((read) => LATIN1.decode(read.take(read.size(4))))], // BINSTRING
  [0x55, pushing((read) => LATIN1.decode(read.take(read.size(1))))], // SHORT_BINSTRING
  [0x56, pushing((read) => read.line())], // UNICODE
  [0x58, pushing((read) => UTF8.decode(read.take(read.size(4))))], // BINUNICODE
  [0x8c, pushing((read) => UTF8.decode(read.take(read.size(1))))], // SHORT_BINUNICODE
  [0x8d, pushing((read) => UTF8.decode(read.take(read.size(8))))], // BINUNICODE8
  [0x42, pushing((read) => read.take(read.size(4)))], // BINBYTES
  [0x43, pushing((read) => read.take(read.size(1)))], // SHORT_BINBYTES
  [0x8e, pushing((read) => read.take(read.size(8)))], // BINBYTES8
  [0x96, pushing((read) => read.take(read.size(8)))], // BYTEARRAY8
  [0x5d, pushing(() => [])], // EMPTY_LIST
  [0x29, pushing(() => [])], // EMPTY_TUPLE
  [0x8f, pushing(() => [])], // EMPTY_SET
  [0x7d, pushing(() => new Map())], // EMPTY_DICT
  [0x6c, ({ stack }) => stack.push(stack.toMark())], // LIST
  [0x74, ({ stack }) => stack.push(stack.toMark())], // TUPLE
  [0x91, ({ stack }) => stack.push(stack.toMark())], // FROZENSET
  [0x64, ({ stack }) => stack.push(fill(new Map(), stack.toMark()))], // DICT
  [0x85, ({ stack }) => stack.push(stack.values(1))], // TUPLE1
  [0x86, ({ stack }) => stack.push(stack.values(2))], // TUPLE2
  [0x87, ({ stack }) => stack.push(stack.values(3))], // TUPLE3
  [0x61, ({ stack }) => addTo(stack, [stack.value()])], // APPEND
  [0x65, ({ stack }) => addTo(stack, stack.toMark())], // APPENDS
  [0x90, ({ stack }) => addTo(stack, stack.toMark())], // ADDITEMS
  [0x73, ({ stack }) => setIn(stack, stack.values(2))], // SETITEM
  [0x75, ({ stack }) => setIn(stack, stack.toMark())], // SETITEMS
  [0x70, ({ read, stack, memo }) => void memo.set(Number(read.line()), stack.top())], // PUT
  [0x71, ({ read, stack, memo }) => void memo.set(read.size(1), stack.top())], // BINPUT
  [0x72, ({ read, stack, memo }) => void memo.set(read.size(4), stack.top())], // LONG_BINPUT
  [0x94, ({ stack, memo }) => void memo.set(memo.size, stack.top())], // MEMOIZE
  [0x67, (machine) => recall(machine, Number(machine.read.line()))], // GET
  [0x68, (machine) => recall(machine, machine.read.size(1))], // BINGET
  [0x6a, (machine) => recall(machine, machine.read.size(4))], // LONG_BINGET
  [0x63, (machine) => find(machine, machine.read.line(), machine.read.line())], // GLOBAL
  [0x93, (machine) => find(machine, ...namesOf(machine.stack.values(2)))], // STACK_GLOBAL
  [0x51, ({ stack, python }) => stack.push(python.load(stack.value()))], // BINPERSID
  [0x52, call], // REDUCE
  [0x81, call], // NEWOBJ
  [0x62, ({ stack }) => build(stack.value(), stack.value(), stack)], // BUILD
]);

/** Attributes of a dict, such as the versions of a state dict's modules, are left out. */
function build(state: Pickled, object: Pickled, stack: Stack): void {
  if (isInstance(object)) object.state = state;
  else if (!(object instanceof Map)) throw broken('it gives attributes to what has none');
  stack.push(object);
}

export const isInstance = (value: Pickled | undefined): value is Instance =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'instance';

/** Classes that are lists or dicts themselves keep nothing. */
function addTo(stack: Stack, items: readonly Pickled[]): void {
  if (stack.isOnInstance()) return;
  const list = stack.list();
  for (const item of items) list.push(item);
}

function setIn(stack: Stack, items: readonly Pickled[]): void {
  if (!stack.isOnInstance()) fill(stack.map(), items);
}

function namesOf([module, name]: readonly Pickled[]): [string, string] {
  if (typeof module !== 'string' || typeof name !== 'string') throw broken('a name is not text');
  return [module, name];
}

/**
 * The value of a pickle.
 * @param at where it starts
 * @returns the value, and where it ends: several may follow each other
 * @throws PickleProblem
 */
export function unpickle(bytes: Uint8Array, at: number, python: Python): { value: Pickled; end: number } {
  const machine: Machine = { read: new Reader(bytes, at), stack: new Stack(), memo: new Map(), python };
  for (;;) {
    const [opcode = 0] = machine.read.take(1);
    if (opcode === 0x2e) return { value: machine.stack.value(), end: machine.read.at };
    const step = STEPS.get(opcode);
    if (step === undefined) throw broken(`the instruction 0x${opcode.toString(16)} is not among those that build data`);
    step(machine);
  }
}
