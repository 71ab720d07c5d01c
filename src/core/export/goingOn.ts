/** The files of the bundle for going on elsewhere: the script, what it needs, the optimizer's moments, the text. */

import type { ModelConfig } from '../config.ts';
import { type Corpus, documentLines } from '../data/corpus.ts';
import { type FileLayout, filePositions, toFile } from '../import/fileLayout.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { type BundleEntry, textEntry } from './bundle.ts';
import continueTraining from './python/continue_training.py?raw';
import { safetensorsFile } from './safetensors.ts';

const REQUIREMENTS = `# What use.py and continue_training.py need.
accelerate>=1.0
numpy
safetensors
torch>=2.2
transformers>=4.57
`;

/** The script that goes on with Hugging Face's Trainer, on one processor or many GPUs. */
export function scriptEntries(): BundleEntry[] {
  return [
    textEntry(
      'continue_training.py',
      'Goes on training in Python, on one GPU or many; “python continue_training.py --help” says how.',
      continueTraining,
    ),
    textEntry('requirements.txt', 'The packages that the Python scripts need.', REQUIREMENTS),
  ];
}

/** AdamW's state by parameter, in the engine's order. */
export interface Moments {
  readonly step: number;
  readonly firstMoments: ReadonlyMap<string, Float32Array>;
  readonly secondMoments: ReadonlyMap<string, Float32Array>;
}

/** `optimizer.safetensors`: `exp_avg.NAME`, `exp_avg_sq.NAME` as PyTorch's AdamW calls them, and `step`. */
export function optimizerEntry(
  model: ModelConfig,
  vocabSize: number,
  layout: FileLayout | null,
  moments: Moments,
): BundleEntry {
  const positions =
    layout === null ? model.maxPositionEmbeddings : filePositions(model.maxPositionEmbeddings, layout.padId);
  const specs = parameterSpecs({ ...model, maxPositionEmbeddings: positions }, vocabSize);
  const named = (prefix: string) => specs.map(({ name, shape }) => ({ name: `${prefix}.${name}`, shape }));
  const file = safetensorsFile([{ name: 'step', shape: [] }, ...named('exp_avg'), ...named('exp_avg_sq')], 'float32');
  const read = async (key: string): Promise<Float32Array> => {
    if (key === 'step') return Float32Array.of(moments.step);
    const [prefix = '', name = ''] = key.split(/\.(.*)/s);
    const values =
      (prefix === 'exp_avg' ? moments.firstMoments : moments.secondMoments).get(name) ?? new Float32Array();
    if (layout === null) return values;
    // Rows that nobody reads have no moments.
    const unusedPositions = new Float32Array(layout.unusedPositions.length);
    return toFile({ ...layout, unusedPositions }, name, values, model.hiddenSize);
  };
  return {
    path: 'optimizer.safetensors',
    purpose: 'AdamW’s moments, so that training elsewhere goes on without a bump.',
    sizeBytes: file.sizeBytes,
    chunks: () => file.chunks(read),
  };
}

/** `corpus.txt`: the documents, a blank line between two. */
export function corpusEntry(corpus: Corpus): BundleEntry {
  const documents = Array.from({ length: corpus.documents.length }, (_, index) =>
    documentLines(corpus, index).join('\n'),
  );
  return textEntry('corpus.txt', 'The text itself, held-out documents included.', `${documents.join('\n\n')}\n`);
}
