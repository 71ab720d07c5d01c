/** From a stored run back to a session: text, tokenizer, model and optimizer as they were when it was saved. */
import type { TrainerState } from '../../compute/training/trainer.ts';
import { WeightAverage } from '../../compute/training/weightAverage.ts';
import { PAD_ID } from '../../core/config.ts';
import { DEVICE_TITLES, type ExecutionPlan, type KernelStyle, type KernelVariant } from '../../core/device.ts';
import { StudioError } from '../../core/errors.ts';
import type { FileLayout, TokenizerOrigin } from '../../files/fileLayout.ts';
import { readTokenizer, tokenizerOfVocabulary } from '../../files/readTokenizer.ts';
import { type FoundCheckpoint, readFigures } from '../../files/storage/checkpoints.ts';
import type { StoredFile } from '../../files/storage/manifest.ts';
import { TOKENIZER_NAME } from '../../files/tokenizerParts.ts';
import type { Weights } from '../../model/initialize.ts';
import { parameterSpecs } from '../../model/parameters.ts';
import { type Parameter, sizeOf } from '../../model/value.ts';
import { buildCorpus, splitDocuments } from '../../text/corpus.ts';
import type { SourceText } from '../../text/documentTable.ts';
import { createTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { LoadedText, TokenizedText } from './liveModel.ts';
import { tokenizeText } from './tokenizeText.ts';

/** The text of a checkpoint, split as it was. */
function restoreText({ manifest, files }: FoundCheckpoint): LoadedText {
  const sources: SourceText[] = manifest.text.sources.map(({ name, file }) => ({ name, text: textOf(files, file) }));
  const corpus = buildCorpus(sources, manifest.text.corpus);
  return {
    corpus,
    split: splitDocuments(corpus, manifest.config.data),
    sourceNames: sources.map(({ name }) => name),
    notices: manifest.text.notices,
    readings: [],
    readAs: manifest.text.readAs,
    isSonnets: manifest.text.isSonnets,
    dataConfig: manifest.config.data,
    check: { asRead: null, findings: null, repairs: manifest.text.repairs },
  };
}

/** The tokenizer of a checkpoint, and its text as ids. */
async function restoreTokens(checkpoint: FoundCheckpoint, text: LoadedText): Promise<TokenizedText> {
  const { manifest, files } = checkpoint;
  const { tokenizer: own, layout, config } = manifest;
  const [vocab, merges] = [textOf(files, own.vocab), textOf(files, own.merges)];
  const texts =
    layout === null
      ? new Map([[TOKENIZER_NAME, tokenizerOfVocabulary({ vocab, merges, added: null, config: null })]])
      : new Map(layout.files.map(({ name, file }) => [name as string, textOf(files, file)]));
  const longest = config.model.maxPositionEmbeddings - 2;
  const { trained, traits } = readTokenizer(texts, layout?.vocabSize ?? null, longest);
  const { fileIds } = traits;
  const origin = layout && { name: layout.name, fileIds, padId: fileIds[PAD_ID] ?? PAD_ID, files: texts };
  return tokenizeText(text, { config: config.tokenizer, tokenizer: createTokenizer(trained, traits), origin });
}

/** Ids and tables of the files of the model that a run went on from. @param origin of its tokenizer */
function restoreLayout({ manifest, files }: FoundCheckpoint, origin: TokenizerOrigin | null): FileLayout | null {
  if (manifest.layout === null || origin === null) return null;
  const floats = ({ name }: StoredFile): Float32Array =>
    new Float32Array((files.get(name) ?? new Uint8Array()).slice().buffer);
  const { unusedPositions, unusedTypes } = manifest.layout;
  return { origin, unusedPositions: floats(unusedPositions), unusedTypes: floats(unusedTypes) };
}

/**
 * Everything that a checkpoint holds beside its manifest: text, tokens, figures, and what is a number for each parameter.
 * @throws StudioError `checkpointDamaged` if there are more or fewer of those than the sizes say
 */
export async function restoreRun(found: FoundCheckpoint) {
  const { manifest, files } = found;
  const { config, average, best, last, step, healthy } = manifest;
  const text = restoreText(found);
  const tokens = await restoreTokens(found, text);
  const specs = parameterSpecs(config.model, tokens.tokenizer.vocabSize);
  const read = (file: StoredFile): Weights => cutParameters(files.get(file.name), specs, manifest.title);
  const trainer: TrainerState = {
    step,
    healthy,
    weights: read(manifest.weights),
    firstMoments: read(manifest.firstMoments),
    secondMoments: read(manifest.secondMoments),
  };
  return {
    text,
    tokens,
    trainer,
    ...readFigures(found),
    layout: restoreLayout(found, tokens.origin),
    average: average && new WeightAverage(config.training.averageDecay, read(average)),
    best: best && { ...best, weights: best.weights && read(best.weights) },
    /** The weights of the last step, where the run ended with others. */
    last: last && read(last),
  };
}

function cutParameters(bytes: Uint8Array<ArrayBuffer> | undefined, specs: readonly Parameter[], name: string): Weights {
  const total = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (bytes?.byteLength !== 4 * total) throw new StudioError('checkpointDamaged', 'sizes do not fit', { name });
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, total);
  let start = 0;
  return new Map(
    specs.map(({ name: parameter, shape }) => {
      const own = values.slice(start, start + sizeOf(shape));
      start += own.length;
      return [parameter, own];
    }),
  );
}

function textOf(files: FoundCheckpoint['files'], { name }: StoredFile): string {
  return new TextDecoder().decode(files.get(name));
}

/** What is said when a run goes on in another way than it was trained so far; null: it is the same way. */
export function planNotice(stored: ExecutionPlan, now: ExecutionPlan): string | null {
  const decisive = ['version', 'backend', 'adapter', 'fused', 'kernelStyle', 'kernelVariant'] as const;
  if (decisive.every((name) => stored[name] === now[name])) return null;
  return (
    `This run was trained with ${planWords(stored, now)}, which isn’t available now; it continues with ${planWords(now, stored)}. From ` +
    'here on its figures differ in their last digits from what they would have been.'
  );
}

/** The kernels of a plan as the field names them: the plan's words are Folio's own. */
const KERNELS: Readonly<Record<KernelStyle | KernelVariant, string>> = {
  single: 'barrier-free kernels',
  shared: 'shared-memory kernels',
  relaxed: 'relaxed SIMD kernels',
  simd: 'SIMD kernels',
};

function planWords(plan: ExecutionPlan, other: ExecutionPlan): string {
  const { backend, adapter, fused, kernelStyle, kernelVariant, version } = plan;
  const words = backend === 'webgpu' ? `WebGPU on ${adapter}` : DEVICE_TITLES[backend];
  const kind = kernelStyle ?? kernelVariant;
  const named = kind === null ? null : KERNELS[kind];
  const kernels = version === other.version ? named : `${named ?? 'kernels'} of version ${version}`;
  const all = [kernels, fused ? null : 'plain operations'];
  const details = all.filter((word) => word !== null);
  return details.length === 0 ? words : `${words} (${details.join(', ')})`;
}
