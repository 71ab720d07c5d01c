/**
 * What lies beside the weights in a file of PyTorch, and around them: settings, numbers of a run, and modules that were saved as
 * a whole. Nothing of it is made: a class gives an object without a meaning, in which its attributes are kept.
 */
import { type Instance, isInstance, type Pickled, PickleProblem, type PythonCall } from './pickle.ts';
import { shorten } from './refusals.ts';

/** Modules whose classes people keep beside weights: of notebooks, of libraries for training, of numbers and of time. */
const LIBRARIES =
  /^(__main__|torch|numpy|transformers|tokenizers|accelerate|(pytorch_)?lightning|lightning_fabric|omegaconf|argparse|pathlib|datetime|decimal|enum|uuid|types|collections)(\.|$)/;
/** The only names of Python itself. */
const PLAIN = new Set([
  '_codecs.encode',
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  ...'object set frozenset slice range xrange complex bytearray bytes str list dict'
    .split(' ')
    .flatMap((name) => [`builtins.${name}`, `__builtin__.${name}`]),
]);

const instance: PythonCall = () => ({ kind: 'instance', state: null }) satisfies Instance;

/**
 * A name of Python that says nothing about weights.
 * @throws PickleProblem for one that has no place in such a file, such as the name of a program
 */
export function besideWeights(module: string, name: string): PythonCall {
  if (LIBRARIES.test(module) || PLAIN.has(`${module}.${name}`)) return instance;
  const shown = shorten(`${module}.${name}`, 60);
  throw new PickleProblem(`needs Python’s ${shown} to be read, but Folio runs no code from files`);
}

/** Under which a checkpoint keeps its weights, beside what else it holds. */
const WEIGHT_KEYS = ['state_dict', 'model_state_dict', 'model', 'module'];

type Dict = ReadonlyMap<Pickled, Pickled>;

/** Names and what they stand for, of which some are tensors. */
export function stateDictOf(value: Pickled): Dict {
  const dict = value instanceof Map ? value : null;
  const inner = dict === null ? [value] : WEIGHT_KEYS.map((key) => dict.get(key));
  for (const found of inner) {
    if (found instanceof Map) return found;
    if (isModule(found)) return stateOfModule(found);
  }
  return dict ?? new Map();
}

interface Module extends Instance {
  state: Map<Pickled, Pickled>;
}

const isModule = (value: Pickled | undefined): value is Module =>
  isInstance(value) && value.state instanceof Map && value.state.has('_modules');

/** More names than any model that fits here has; a file can name one module many times, and within itself. */
const MOST_NAMES = 100_000;

/** What `module.state_dict()` gives, with buffers that it leaves out. */
function stateOfModule(module: Module): Dict {
  const found = new Map<Pickled, Pickled>();
  const open: [prefix: string, module: Module][] = [['', module]];
  let left = MOST_NAMES;
  const namesOf = (state: Dict, part: string): [string, Pickled][] => {
    const dict = state.get(part);
    if (!(dict instanceof Map)) return [];
    left -= 1 + dict.size;
    if (left < 0)
      throw new PickleProblem('names more parts than any model here has, or has a module that contains itself');
    return [...dict].map(([name, value]) => [String(name), value]);
  };
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [prefix, { state }] = next;
    for (const part of ['_parameters', '_buffers']) {
      for (const [name, tensor] of namesOf(state, part)) found.set(`${prefix}${name}`, tensor);
    }
    for (const [name, child] of namesOf(state, '_modules')) {
      if (isModule(child)) open.push([`${prefix}${name}.`, child]);
    }
  }
  return found;
}
