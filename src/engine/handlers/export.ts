/** Commands of the Export step: the bundle's files, listed and zipped. */
import { downloadZip } from 'client-zip';
import { version } from '../../../package.json';
import { corpusStatistics } from '../../core/data/corpus.ts';
import { StudioError } from '../../core/errors.ts';
import { type BundleEntry, bundleFiles } from '../../core/export/bundle.ts';
import { folderName } from '../../core/export/folderName.ts';
import type { ExportedRun } from '../../core/export/run.ts';
import { libraryVersions } from '../../ml/versions.ts';
import type { CommandParams, CommandResult } from '../protocol.ts';
import { referenceLinesOf } from '../reference.ts';
import { type LiveModel, requireModel, type SessionState } from '../session.ts';

/** What an export would hold. */
export async function listBundle(
  state: SessionState,
  { name }: CommandParams<'export.list'>,
): Promise<CommandResult<'export.list'>> {
  const entries = await makeBundle(state, name);
  return entries.map(({ path, sizeBytes, purpose }) => ({ path, sizeBytes, purpose }));
}

/** The whole bundle as a zip with one folder in it. */
export async function zipBundle(
  state: SessionState,
  { name }: CommandParams<'export.zip'>,
): Promise<CommandResult<'export.zip'>> {
  const folder = folderName(name);
  const entries = await makeBundle(state, name);
  const files = entries.map(({ path, parts }) => ({ name: `${folder}/${path}`, input: new Blob([...parts]) }));
  return downloadZip(files, { buffersAreUTF8: true }).blob();
}

/** @throws StudioError `busy` while steps are taken, since weights of two steps would mix; `stepMissing` without a model */
async function makeBundle(state: SessionState, name: string): Promise<BundleEntry[]> {
  const live = await requireModel(state);
  if (state.job === 'training' && state.run?.state.phase !== 'paused') {
    throw new StudioError('busy', 'export while training', { doing: 'training' });
  }
  const weights = await live.roberta.readWeights();
  const { tokenizer, heldOut } = live.tokens;
  return bundleFiles({ run: await describeRun(live, name), tokenizer: tokenizer.trained, weights, heldOut });
}

async function describeRun(live: LiveModel, name: string): Promise<ExportedRun> {
  const { tokens, model, pipeline, training, device } = live;
  const { text, tokenizer } = tokens;
  return {
    name,
    config: { data: text.dataConfig, tokenizer: tokens.config, pipeline, model, training },
    sourceNames: text.sourceNames,
    isSonnets: text.isSonnets,
    corpus: corpusStatistics(text.corpus, text.split),
    vocabSize: tokenizer.vocabSize,
    merges: tokenizer.trained.merges.length,
    trainingTokens: tokens.training.ids.length,
    heldOutTokens: tokens.heldOut?.ids.length ?? 0,
    device,
    step: live.step,
    weightsStep: live.weightsStep,
    elapsedMs: live.elapsedMs,
    points: live.points,
    heldOut: live.heldOut,
    reference: await referenceLinesOf(tokens),
    versions: { folio: version, ...libraryVersions() },
  };
}
