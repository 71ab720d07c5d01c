/** What a run is called: its text, and what tells it from the run before. */
import { type FieldPath, type RunConfig, readField, settingOf } from '../../core/config.ts';
import type { CorpusSummary } from '../../steps/data/dataCommands.ts';
import { differingFields } from './differingFields.ts';
import { presetOf } from './presets.ts';

/** Settings that have a shorter name among who trains models. */
const SHORT: Readonly<Partial<Record<FieldPath, string>>> = {
  'training.learningRate': 'lr',
  'training.seed': 'seed',
  'training.batchSize': 'batch',
  'training.schedule': 'schedule',
  'model.hiddenSize': 'hidden',
  'model.numAttentionHeads': 'heads',
  'model.hiddenDropoutProb': 'dropout',
  'pipeline.seqLength': 'length',
  'tokenizer.vocabSize': 'vocabulary',
};
/** What follows from another setting, and would only make the name longer. */
const FOLLOWING: ReadonlySet<FieldPath> = new Set([
  'training.warmupSteps',
  'model.intermediateSize',
  'model.maxPositionEmbeddings',
]);

interface NamedRun {
  readonly name: string;
  readonly config: RunConfig;
}

const MOST_SETTINGS = 2;
const LONGEST_TEXT = 24;

/** What a text is called by. */
type TextNames = Pick<CorpusSummary, 'isSonnets' | 'sourceNames'>;

/** @example "Sonnets", "my-novel" */
function textName(corpus: TextNames | null): string {
  if (corpus === null) return 'Run';
  if (corpus.isSonnets) return 'Sonnets';
  const [first = 'Run', ...others] = corpus.sourceNames;
  const name = first.replace(/\.[^.]{1,5}$/u, '').slice(0, LONGEST_TEXT);
  return others.length === 0 ? name : `${name} + ${others.length}`;
}

function settingName(config: RunConfig, path: FieldPath): string {
  const value = readField(config, path);
  const setting = settingOf(path);
  const shown = setting.kind === 'choice' ? (setting.options[value]?.[0] ?? value) : value;
  return `${SHORT[path] ?? setting.term.toLowerCase()} ${shown}`;
}

/**
 * @param runs of this visit, oldest first
 * @param swept the setting whose values are compared, which is in the name of every run then
 * @example "Sonnets · tiny", then "Sonnets · lr 0.003", then "Sonnets · lr 0.003 · 2"
 */
export function nameRun(
  config: RunConfig,
  corpus: TextNames | null,
  runs: readonly NamedRun[],
  swept?: FieldPath,
): string {
  const before = runs.at(-1);
  const differing = before === undefined ? [] : differingFields([before.config, config]);
  const paths =
    swept === undefined ? differing.filter((path) => !FOLLOWING.has(path)).slice(0, MOST_SETTINGS) : [swept];
  const what = paths.length === 0 ? [presetOf(config) ?? 'custom'] : paths.map((path) => settingName(config, path));
  const name = [textName(corpus), ...what].join(' · ');
  const taken = new Set(runs.map((run) => run.name));
  let [unique, number] = [name, 2];
  while (taken.has(unique)) unique = `${name} · ${number++}`;
  return unique;
}
