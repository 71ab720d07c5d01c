/**
 * Weights that PyTorch saved (`pytorch_model.bin`, `.pt`, `.ckpt`): a pickle that says which tensor lies where, and their bytes.
 * Nothing of Python is run; see `pickle.ts`.
 * Source: `torch/serialization.py` (`_save`, `_legacy_save`) and `torch/_utils.py` in PyTorch 2.9.
 */
import { isZip } from '../core/bytes.ts';
import { StudioError } from '../core/errors.ts';
import { sizeOf } from '../model/value.ts';
import { listArchive } from './archives.ts';
import {
  PickleDamage,
  type Pickled,
  type PickledObject,
  PickleProblem,
  type Python,
  type PythonCall,
  unpickle,
} from './pickle.ts';
import { refusal, shorten, shown } from './refusals.ts';
import { DTYPES, type Dtype, type StoredTensor } from './safetensors.ts';
import { bytesOf } from './sourceFile.ts';
import { besideWeights, stateDictOf } from './torchObjects.ts';

/** A class of storages: what its numbers are. */
interface StorageClass extends PickledObject {
  readonly kind: 'storageClass';
  /** null: bytes, of which the tensor says what they are. */
  readonly dtype: Dtype | null;
}

/** A run of numbers that tensors are views of. */
interface Storage extends PickledObject {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: Dtype | null;
}

interface Tensor extends PickledObject {
  readonly kind: 'tensor';
  readonly storage: Storage;
  readonly dtype: Dtype;
  /** In numbers, not bytes. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Kinds of numbers, as PyTorch calls their storages and themselves. */
const KINDS: readonly (readonly [storage: string, dtype: string, Dtype])[] = [
  ['DoubleStorage', 'float64', 'F64'],
  ['FloatStorage', 'float32', 'F32'],
  ['HalfStorage', 'float16', 'F16'],
  ['BFloat16Storage', 'bfloat16', 'BF16'],
  ['LongStorage', 'int64', 'I64'],
  ['IntStorage', 'int32', 'I32'],
  ['ShortStorage', 'int16', 'I16'],
  ['CharStorage', 'int8', 'I8'],
  ['ByteStorage', 'uint8', 'U8'],
  ['BoolStorage', 'bool', 'BOOL'],
];

const isObject = <T extends PickledObject>(value: Pickled | undefined, kind: T['kind']): value is T =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

const isSize = (value: Pickled | undefined): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isSizes = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.length <= 8 && value.every(isSize);

/** `_rebuild_tensor_v2(storage, offset, size, stride, …)`, and its later form that names the kind of number as well. */
const rebuildTensor: PythonCall = ([storage, offset, shape, strides, , , named]) => {
  if (!isObject<Storage>(storage, 'storage') || !isSize(offset) || !isSizes(shape) || !isSizes(strides)) {
    throw new PickleProblem('describes a tensor without a valid storage, offset, shape or strides');
  }
  const dtype = isObject<StorageClass>(named, 'storageClass') ? named.dtype : storage.dtype;
  if (dtype === null || shape.length !== strides.length)
    throw new PickleProblem('describes a tensor without a dtype, or with strides that do not match its shape');
  return { kind: 'tensor', storage, dtype, offset, shape, strides } satisfies Tensor as Pickled;
};

const first: PythonCall = ([value = null]) => value;
/** Python 3 fills it afterwards. Python 2 gave the items along, which as often as a file says so would be copied. */
const emptyDict: PythonCall = (args) => {
  if (args.length > 0) throw new PickleProblem('was written by Python 2');
  return new Map();
};

/** Every name that says something about weights. What these make is data. */
const KNOWN: ReadonlyMap<string, PythonCall> = new Map<string, PythonCall>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensor],
  ['torch._utils._rebuild_parameter', first],
  ['torch._utils._rebuild_parameter_with_state', first],
  ['torch.nn.parameter.Parameter', first],
  ['collections.OrderedDict', emptyDict],
  ['collections.defaultdict', () => new Map()],
  ['torch.Size', ([sizes]) => sizes ?? []],
]);

function find(module: string, name: string): PythonCall | PickledObject {
  const known = KNOWN.get(`${module}.${name}`);
  if (known !== undefined) return known;
  const isStorage = module === 'torch' || module === 'torch.storage';
  const kind = KINDS.find(
    ([storage, dtype]) => (isStorage && name === storage) || (module === 'torch' && name === dtype),
  );
  if (kind !== undefined || (isStorage && name === 'UntypedStorage')) {
    return { kind: 'storageClass', dtype: kind?.[2] ?? null } satisfies StorageClass as PickledObject;
  }
  return besideWeights(module, name);
}

/** `('storage', class, key, device, count)`, with a view of another storage after it in the old form. */
function load(id: Pickled): Storage {
  const [tag, storageClass, key, , , view] = Array.isArray(id) ? id : [];
  if (tag !== 'storage' || !isObject<StorageClass>(storageClass, 'storageClass') || typeof key !== 'string') {
    throw new PickleProblem('refers to something other than tensors');
  }
  if (view !== null && view !== undefined)
    throw new PickleProblem('contains views of storages, which no PyTorch version since 2017 writes');
  return { kind: 'storage', key, dtype: storageClass.dtype };
}

const PYTHON: Python = { find, load: (id) => load(id) as PickledObject };

/** The tensors of a state dict, of a module that was saved as a whole, or of the checkpoint that holds one of these. */
function tensorsOf(value: Pickled): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of stateDictOf(value)) {
    if (typeof name === 'string' && isObject<Tensor>(tensor, 'tensor')) tensors.set(name, tensor);
  }
  if (tensors.size === 0) throw new PickleProblem('contains no state dict');
  return tensors;
}

const isDense = ({ shape, strides }: Tensor): boolean =>
  shape.every((size, axis) => size <= 1 || strides[axis] === sizeOf(shape.slice(axis + 1)));

/** The part of a storage that a tensor's numbers lie in. */
function stretchOf({ dtype, offset, shape, strides }: Tensor, storage: Uint8Array): Uint8Array {
  const width = DTYPES[dtype];
  const last = shape.reduce((place, size, axis) => place + (size - 1) * (strides[axis] ?? 0), offset);
  const end = sizeOf(shape) === 0 ? offset : last + 1;
  if (end * width > storage.length)
    throw new PickleProblem(`has a tensor ${shown(shape)} that lies beyond its storage`);
  return storage.subarray(offset * width, end * width);
}

/** The numbers of a tensor one after the other, such as those of a matrix that was saved transposed. */
function gather({ dtype, shape, strides }: Tensor, stretch: Uint8Array): Uint8Array<ArrayBuffer> {
  const width = DTYPES[dtype];
  const bytes = new Uint8Array(sizeOf(shape) * width);
  const index = shape.map(() => 0);
  for (let at = 0; at < bytes.length; at += width) {
    const from = width * index.reduce((place, count, axis) => place + count * (strides[axis] ?? 0), 0);
    bytes.set(stretch.subarray(from, from + width), at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (shape[axis] ?? 0)) break;
      index[axis] = 0;
    }
  }
  return bytes;
}

/** undefined: the file has no such storage. */
type ReadStorage = (key: string) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** @param fileBytes what gathered tensors may take together: a file can name one storage many times */
async function readTensors(
  tensors: ReadonlyMap<string, Tensor>,
  read: ReadStorage,
  fileBytes: number,
): Promise<Map<string, StoredTensor>> {
  const storages = new Map<string, Uint8Array<ArrayBuffer>>();
  const stored = new Map<string, StoredTensor>();
  let left = fileBytes;
  for (const [name, tensor] of tensors) {
    const { dtype, shape, storage } = tensor;
    const numbers = storages.get(storage.key) ?? (await read(storage.key));
    if (numbers === undefined) throw new PickleProblem(`lacks the storage ${shorten(storage.key, 20)}`);
    storages.set(storage.key, numbers);
    const stretch = stretchOf(tensor, numbers);
    if (!isDense(tensor)) left -= sizeOf(shape) * DTYPES[dtype];
    if (left < 0) throw new PickleProblem('has tensors that need more bytes than the file has');
    stored.set(name, {
      dtype,
      shape,
      bytes: isDense(tensor) ? (stretch as Uint8Array<ArrayBuffer>) : gather(tensor, stretch),
    });
  }
  return stored;
}

/** The zip that PyTorch has written since 1.6: `…/data.pkl`, and `…/data/KEY` for each storage. */
async function readZip(path: string, file: Uint8Array<ArrayBuffer>): Promise<Map<string, StoredTensor>> {
  const entries = new Map((await listArchive(path, new Blob([file]))).map((entry) => [entry.path, entry]));
  const pickle = [...entries.values()].find((entry) => /(^|\/)data\.pkl$/.test(entry.path));
  if (pickle === undefined) throw new PickleProblem('is a zip with no PyTorch state dict in it');
  if ([...entries.keys()].some((entry) => /(^|\/)(constants\.pkl|code\/)/.test(entry))) {
    throw new PickleProblem('is a TorchScript program rather than weights');
  }
  // PyTorch compresses nothing: what says otherwise would take more memory than the file has.
  const total = [...entries.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > file.length) throw new PickleProblem('is a compressed zip; PyTorch writes only uncompressed ones');
  const folder = pickle.path.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(await bytesOf(order)).trim() === 'big') {
    throw new PickleProblem('was written by a big-endian machine');
  }
  const tensors = tensorsOf(unpickle(await bytesOf(pickle), 0, PYTHON).value);
  const read: ReadStorage = async (key) => {
    const entry = entries.get(`${folder}data/${key}`);
    return entry && bytesOf(entry);
  };
  return readTensors(tensors, read, file.length);
}

/** The first pickle of the form before 1.6 is this number. */
const OLD_MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/** Five pickles (magic, version, machine, state dict, keys), then for each key how many numbers follow, and these. */
async function readOld(file: Uint8Array<ArrayBuffer>): Promise<Map<string, StoredTensor>> {
  const version = unpickle(file, OLD_MAGIC.length, PYTHON);
  const machine = unpickle(file, version.end, PYTHON);
  if (machine.value instanceof Map && machine.value.get('little_endian') === false) {
    throw new PickleProblem('was written by a big-endian machine');
  }
  const widths = new Map<string, number>();
  const loadWithWidth = (id: Pickled): Pickled => {
    const storage = load(id);
    widths.set(storage.key, DTYPES[storage.dtype ?? 'U8']);
    return storage as PickledObject;
  };
  const dict = unpickle(file, machine.end, { find, load: loadWithWidth });
  const keys = unpickle(file, dict.end, PYTHON);
  const storages = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = keys.end;
  for (const key of Array.isArray(keys.value) ? keys.value : []) {
    if (at + 8 > file.length) throw new PickleDamage('is cut off');
    const count = Number(new DataView(file.buffer, file.byteOffset + at, 8).getBigInt64(0, true));
    const end = at + 8 + count * (widths.get(String(key)) ?? 1);
    if (!(count >= 0 && end <= file.length)) throw new PickleDamage('is cut off');
    storages.set(String(key), file.subarray(at + 8, end));
    at = end;
  }
  return readTensors(tensorsOf(dict.value), async (key) => storages.get(key), file.length);
}

const isOld = (file: Uint8Array): boolean => OLD_MAGIC.every((byte, at) => file[at] === byte);

/** Whether a file starts as PyTorch's do, whatever it is called. */
export const isTorchFile = (file: Uint8Array): boolean => isZip(file) || isOld(file);

/**
 * Every tensor of a file of PyTorch, by name.
 * @throws StudioError `bundleForm`, saying why it is not read; `bundleWeights`, `bundleArchive` where it or its zip is damaged
 */
export async function readTorchFile(path: string, file: Uint8Array<ArrayBuffer>): Promise<Map<string, StoredTensor>> {
  try {
    if (isZip(file)) return await readZip(path, file);
    if (isOld(file)) return await readOld(file);
    throw new PickleProblem('is not in the format in which PyTorch saves weights, so Folio can’t read it');
  } catch (thrown) {
    if (thrown instanceof StudioError || !(thrown instanceof PickleProblem)) throw thrown;
    throw refusal(thrown instanceof PickleDamage ? 'bundleWeights' : 'bundleForm', path, '', thrown.message, thrown);
  }
}
