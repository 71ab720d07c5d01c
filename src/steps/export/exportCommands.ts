/** Commands of the Export step: the bundle's files, listed and written. */
import { version } from '../../../package.json';
import { libraryVersions } from '../../compute/backend.ts';
import { StudioError } from '../../core/errors.ts';
import { runOf } from '../../core/run.ts';
import { bundleFiles } from '../../files/bundle.ts';
import type { BundleEntry } from '../../files/bundleEntry.ts';
import { importedDocuments, runDocuments } from '../../files/documents.ts';
import type { ExportedRun } from '../../files/exportedRun.ts';
import type { ExportOptions } from '../../files/exportOptions.ts';
import { folderName } from '../../files/folderName.ts';
import { corpusEntry, optimizerEntry } from '../../files/goingOn.ts';
import type { Emit } from '../../studio/events.ts';
import type { Commands } from '../../studio/rpc.ts';
import { type OnWritten, writeFolder, writeZip } from '../../studio/worker/bundleOutput.ts';
import type { LiveModel } from '../../studio/worker/liveModel.ts';
import { asJob, requireModel, type SessionState } from '../../studio/worker/session.ts';
import { referenceLinesOf } from '../../studio/worker/tokenizeText.ts';
import { chooseVerses, fillVerses } from '../../studio/worker/verses.ts';
import { corpusStatistics } from '../../text/corpus.ts';

/** Two `export.progress` events are at least this far apart. */
const PROGRESS_EVERY_MS = 100;

interface BundleQuery {
  readonly name: string;
  readonly options: ExportOptions;
}

export const exportCommands = {
  'export.list': async (state, { name, options }: BundleQuery) => {
    const entries = await makeBundle(await requireModel(state), name, options);
    return entries.map(({ path, sizeBytes, purpose }) => ({ path, sizeBytes, purpose }));
  },

  /** The whole bundle as a zip with one folder in it, streamed to the browser's disk; null if it was cancelled. */
  'export.zip': async (state, query: BundleQuery, signal) => writeStill(state, query, signal, writeZip),

  /** The whole bundle as a folder within the chosen one; null if it was cancelled. */
  'export.folder': async (state, { parent, ...query }: BundleQuery & { parent: FileSystemDirectoryHandle }, signal) =>
    writeStill(state, query, signal, async (...bundle) => {
      await writeFolder(parent, ...bundle);
      return true;
    }),
} satisfies Commands<SessionState>;

/**
 * Writes weights that stand still: nothing else is done meanwhile, and a paused run stays paused.
 * @returns null if it was cancelled
 * @throws StudioError `busy` while steps are taken, since weights of two steps would mix; `stepMissing` without a model
 */
async function writeStill<T>(
  state: SessionState,
  { name, options }: BundleQuery,
  signal: AbortSignal,
  write: (folder: string, entries: readonly BundleEntry[], onWritten: OnWritten) => Promise<T>,
): Promise<T | null> {
  const live = await requireModel(state);
  if (state.exporting) throw new StudioError('busy', 'another export', { doing: 'exporting' });
  const run = async (): Promise<T | null> => {
    state.exporting = true;
    try {
      const entries = await makeBundle(live, name, options);
      return await write(folderName(name), entries, reportProgress(state.emit, signal, entries));
    } catch (thrown) {
      if (signal.aborted) return null;
      throw thrown;
    } finally {
      state.exporting = false;
    }
  };
  return state.job === 'training' && state.run?.state.phase === 'paused' ? run() : asJob(state, 'exporting', run);
}

/** Posts progress at most ten times a second; throws once the export was cancelled. */
function reportProgress(emit: Emit, signal: AbortSignal, entries: readonly BundleEntry[]): OnWritten {
  const totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const startedMs = performance.now();
  let writtenBytes = 0;
  let postedMs = startedMs;
  return (bytes) => {
    signal.throwIfAborted();
    writtenBytes += bytes;
    const nowMs = performance.now();
    if (nowMs - postedMs < PROGRESS_EVERY_MS) return;
    postedMs = nowMs;
    const etaSeconds = ((nowMs - startedMs) / 1000) * (totalBytes / writtenBytes - 1);
    emit('export.progress', { writtenBytes, totalBytes, etaSeconds });
  };
}

async function makeBundle(live: LiveModel, name: string, options: ExportOptions): Promise<BundleEntry[]> {
  const { cameWith, layout } = live;
  const documents =
    cameWith !== null
      ? importedDocuments(cameWith.documents, cameWith.eventFiles, options)
      : runDocuments(await describeRun(live, name), live.tokens.heldOut, options, layout?.origin.fileIds ?? null);
  return bundleFiles({
    model: live.config.model,
    tokenizer: live.tokens.tokenizer.trained,
    layout,
    documents: [...documents, ...extraEntries(live, options)],
    read: (parameter) => live.roberta.readParameter(parameter),
    options,
  });
}

/** What was asked for and is there: no moments where the weights were opened. */
function extraEntries(live: LiveModel, { extras }: ExportOptions): BundleEntry[] {
  const { optimizer, tokens, config, layout } = live;
  const entries: BundleEntry[] = [];
  if (extras.includes('optimizer') && optimizer !== null) {
    entries.push(optimizerEntry(config.model, tokens.tokenizer.vocabSize, layout, optimizer));
  }
  if (extras.includes('corpus') && tokens.text.corpus.documents.length > 0) {
    entries.push(corpusEntry(tokens.text.corpus));
  }
  return entries;
}

async function describeRun(live: LiveModel, name: string): Promise<ExportedRun> {
  const { tokens, config } = live;
  const { text, tokenizer } = tokens;
  return {
    ...runOf(live),
    name,
    tokenizerFrom: tokens.origin?.name ?? null,
    sourceNames: text.sourceNames,
    readAs: text.readAs,
    isSonnets: text.isSonnets,
    repairs: text.check.repairs.map(({ repaired }) => repaired),
    corpus: corpusStatistics(text.corpus, text.split),
    vocabSize: tokenizer.vocabSize,
    merges: tokenizer.trained.merges.length,
    normalizers: tokenizer.traits.normalizers.map(({ type }) => type),
    trainingTokens: tokens.training.ids.length,
    heldOutTokens: tokens.heldOut?.ids.length ?? 0,
    reference: await referenceLinesOf(tokens),
    verses: await fillVerses(live, chooseVerses(tokens, config.pipeline.seqLength)),
    versions: { folio: version, ...libraryVersions() },
  };
}
