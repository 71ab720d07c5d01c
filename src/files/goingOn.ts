/** The files of the bundle for continuing elsewhere: the script, what it needs, the optimizer's moments, the text. */
import type { ModelConfig } from '../core/config.ts';
import type { Corpus } from '../text/corpus.ts';
import { documentLines } from '../text/documentTable.ts';
import { type BundleEntry, textEntry } from './bundleEntry.ts';
import { type FileLayout, fileSpecs, sizesOf, toFile } from './fileLayout.ts';
import continueTraining from './python/continue_training.py?raw';
import { safetensorsFile } from './safetensors.ts';

const REQUIREMENTS = `# What use.py and continue_training.py need.
accelerate>=1.0
numpy
safetensors
torch>=2.2
transformers>=4.57
`;

/** The script that continues with Hugging Face's Trainer, on a CPU, one GPU or many. */
export function scriptEntries(): BundleEntry[] {
  return [
    textEntry(
      'continue_training.py',
      'Continues training in Python, on one GPU or many; “python continue_training.py --help” says how.',
      continueTraining,
    ),
    textEntry('requirements.txt', 'The packages that the Python scripts need.', REQUIREMENTS),
  ];
}

/** AdamW's state by parameter, in the engine's order. */
export interface Moments {
  readonly step: number;
  /** The weights that the moments belong to, where model.safetensors holds others; null: they are those. */
  readonly weights: ReadonlyMap<string, Float32Array> | null;
  readonly firstMoments: ReadonlyMap<string, Float32Array>;
  readonly secondMoments: ReadonlyMap<string, Float32Array>;
}

/**
 * `optimizer.safetensors`: `exp_avg.NAME`, `exp_avg_sq.NAME` as PyTorch's AdamW calls them, and `step`; `weights.NAME` where
 * the run ended with other weights than those of its last step.
 */
export function optimizerEntry(
  model: ModelConfig,
  vocabSize: number,
  layout: FileLayout | null,
  moments: Moments,
): BundleEntry {
  const sizes = sizesOf(layout, model.hiddenSize, vocabSize);
  const specs = fileSpecs(model, sizes);
  const named = (prefix: string) => specs.map(({ name, shape }) => ({ name: `${prefix}.${name}`, shape }));
  const kinds = { exp_avg: moments.firstMoments, exp_avg_sq: moments.secondMoments, weights: moments.weights };
  const tensors = Object.entries(kinds).flatMap(([prefix, values]) => (values === null ? [] : named(prefix)));
  const file = safetensorsFile([{ name: 'step', shape: [] }, ...tensors], 'float32');
  const read = async (key: string): Promise<Float32Array> => {
    if (key === 'step') return Float32Array.of(moments.step);
    const [prefix = '', name = ''] = key.split(/\.(.*)/s);
    const values = kinds[prefix as keyof typeof kinds]?.get(name) ?? new Float32Array();
    if (layout === null) return values;
    return toFile(prefix === 'weights' ? layout : withoutMoments(layout), name, values, model.hiddenSize);
  };
  return {
    path: 'optimizer.safetensors',
    purpose:
      moments.weights === null
        ? 'The optimizer state (AdamW’s moments), to continue training elsewhere exactly.'
        : 'The optimizer state (AdamW’s moments) and the last step’s weights, to continue exactly; model.safetensors has the weights that were kept.',
    sizeBytes: file.sizeBytes,
    chunks: () => file.chunks(read),
  };
}

/** Rows that nobody reads have no moments. */
function withoutMoments(layout: FileLayout): FileLayout {
  const unusedPositions = new Float32Array(layout.unusedPositions.length);
  return { ...layout, unusedPositions, unusedTypes: new Float32Array(layout.unusedTypes.length) };
}

/** `corpus.txt`: the documents, a blank line between two. */
export function corpusEntry(corpus: Corpus): BundleEntry {
  const documents = Array.from({ length: corpus.documents.length }, (_, index) =>
    documentLines(corpus, index).join('\n'),
  );
  return textEntry('corpus.txt', 'The text itself, held-out documents included.', `${documents.join('\n\n')}\n`);
}
