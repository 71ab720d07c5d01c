/** Commands of the Data step: read, split, show. */
import type { DataConfig } from '../../core/config.ts';
import { messageOf, StudioError } from '../../core/errors.ts';
import { validatePart } from '../../core/validation.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LoadedText } from '../../studio/worker/liveModel.ts';
import { asJob, assertIdle, type PageQuery, requireText, type SessionState } from '../../studio/worker/session.ts';
import { checkTexts, repairTexts } from '../../text/check/checkTexts.ts';
import type { RepairName } from '../../text/check/finding.ts';
import { buildCorpus, type Corpus, corpusStatistics, type Split, splitDocuments } from '../../text/corpus.ts';
import { documentLines, type SourceText } from '../../text/documentTable.ts';
import { describeReading, hasNews, type Reading, type ReadingChoice } from '../../text/reading/reading.ts';
import { MAX_TEXT_BYTES, readTexts } from '../../text/readText.ts';

const SONNETS_NAME = 'Shakespeare’s sonnets';
const PREVIEW_LINES = 20;

export type DataSource =
  | { readonly kind: 'sonnets' }
  /** `File` objects are read by the worker, so that a large file never blocks the page. */
  | { readonly kind: 'files'; readonly files: readonly { readonly name: string; readonly blob: Blob }[] }
  | { readonly kind: 'paste'; readonly text: string };

/** By the file's name. */
export type ReadingChoices = Readonly<Record<string, ReadingChoice>>;

interface LoadParams {
  readonly source: DataSource;
  readonly config: DataConfig;
  readonly choices?: ReadingChoices;
  readonly onlyRead?: boolean;
}

export const dataCommands = {
  /**
   * Loads a text in place of the one before. Whatever goes wrong, the one before stays.
   * @param choices what a person chose for a file, by its name, in place of what is recognised
   * @param onlyRead finds out whether it can be loaded, and leaves the one before
   */
  'data.load': async (state, { source, config, choices = {}, onlyRead = false }: LoadParams) => {
    assertIdle(state);
    validatePart('data', config);
    const isSonnets = source.kind === 'sonnets';
    const { sources, readings } = await readSource(source, choices);
    const text = await prepareText(sources, [], {
      readings: readings.filter(hasNews),
      readAs: readings.map(readAs).filter((words) => words !== ''),
      isSonnets,
      dataConfig: config,
    });
    assertIdle(state);
    return onlyRead ? summarizeText(text) : setText(state, text);
  },

  /**
   * Makes some repairs of the loaded text, and takes back all others; those of a stored run stay. Whatever goes wrong, the
   * text stays as it is.
   */
  'data.repair': (state, { names }: { names: readonly RepairName[] }) =>
    asJob(state, 'repairing the text', async () => {
      const text = requireText(state);
      const { asRead, repairs } = text.check;
      const repaired = await prepareText(asRead ?? text.corpus.sources, names, text);
      if (asRead !== null) return setText(state, repaired);
      const check = { ...repaired.check, asRead, repairs: [...repairs, ...repaired.check.repairs] };
      return setText(state, { ...repaired, check });
    }),

  /** Draws the held-out documents of the loaded text anew. */
  'data.split': async (state, { config }: { config: DataConfig }) => {
    assertIdle(state);
    validatePart('data', config);
    const text = requireText(state);
    return setText(state, { ...text, split: splitDocuments(text.corpus, config), dataConfig: config });
  },

  /** A page of documents, those that hold `query` where one is given. */
  'data.preview': async (state, { query, offset, limit }: PageQuery) => {
    const { corpus, split } = requireText(state);
    const matches = matchingDocuments(corpus, query.trim().toLowerCase());
    const items = matches.slice(offset, offset + limit).map((index) => documentPreview(corpus, split, index));
    return { total: matches.length, items };
  },
} satisfies Commands<SessionState>;

function matchingDocuments(corpus: Corpus, query: string): number[] {
  const all = Array.from({ length: corpus.documents.length }, (_, index) => index);
  if (query === '') return all;
  return all.filter((index) => documentLines(corpus, index).some((line) => line.toLowerCase().includes(query)));
}

function documentPreview(corpus: Corpus, split: Split, index: number) {
  const lines = documentLines(corpus, index);
  return {
    index,
    heldOut: split.heldOut[index] === 1,
    lines: lines.slice(0, PREVIEW_LINES).map((line) => line.slice(0, 400)),
    moreLines: Math.max(0, lines.length - PREVIEW_LINES),
  };
}

/** Repairs, checks, cuts and splits texts that were read. */
async function prepareText(
  asRead: readonly SourceText[],
  names: readonly RepairName[],
  { readings, readAs, isSonnets, dataConfig }: Pick<LoadedText, 'readings' | 'readAs' | 'isSonnets' | 'dataConfig'>,
): Promise<LoadedText> {
  const { sources, repairs } = await repairTexts(asRead, names);
  const corpus = buildCorpus(sources);
  const findings = await checkTexts(sources);
  return {
    ...{ corpus, readings, readAs, isSonnets, dataConfig },
    split: splitDocuments(corpus, dataConfig),
    sourceNames: sources.map(({ name }) => name),
    notices: corpus.notices,
    check: { asRead, findings, repairs },
  };
}

function setText(state: SessionState, text: LoadedText): CorpusSummary {
  state.text = text;
  state.tokens = null;
  return summarizeText(text);
}

export type CorpusSummary = ReturnType<typeof summarizeText>;

/** The figures of a text. */
export function summarizeText({ corpus, split, sourceNames, notices, readings, isSonnets, check }: LoadedText) {
  const { asRead, findings, repairs } = check;
  return {
    ...{ ...corpusStatistics(corpus, split), sourceNames, notices, readings, isSonnets, findings, repairs },
    isUndoable: asRead !== null,
  };
}

/** @example "verses.csv: CSV, “Text”, Windows-1251"; empty for plain UTF-8 */
function readAs(reading: Reading): string {
  const words = describeReading(reading);
  return words === '' ? '' : `${reading.name}: ${words}`;
}

async function readSource(source: DataSource, choices: ReadingChoices) {
  if (source.kind === 'paste') return readAll([{ name: 'Pasted text', blob: new Blob([source.text]) }], choices);
  if (source.kind === 'files') return readAll(source.files, choices);
  const response = await fetch(new URL('data/sonnets.txt', siteRoot()));
  if (!response.ok) {
    throw new StudioError('dataUnreadable', `sonnets: HTTP ${response.status}`, {
      name: SONNETS_NAME,
      reason: `the server answered ${response.status}`,
    });
  }
  return readAll([{ name: SONNETS_NAME, blob: await response.blob() }], {});
}

/** The folder of `index.html`. The worker's script lies in `assets/` of a build and deeper down on the dev server. */
function siteRoot(): URL {
  return import.meta.env.DEV ? new URL('/', self.location.origin) : new URL('../', self.location.href);
}

async function readAll(files: readonly { name: string; blob: Blob }[], choices: ReadingChoices) {
  assertReadableSize(files);
  const readable = files.map(({ name, blob }) => ({ name, bytes: () => readBytes(name, blob) }));
  return readTexts(readable, (name) => choices[name] ?? {});
}

/** Looks at the sizes before a byte is read. @throws StudioError `dataTooLarge`, `dataEmpty` */
function assertReadableSize(files: readonly { name: string; blob: Blob }[]): void {
  const sizeBytes = files.reduce((sum, { blob }) => sum + blob.size, 0);
  const name = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`;
  if (files.length === 0) throw new StudioError('dataEmpty', 'no file was given', { name: '' });
  if (sizeBytes > MAX_TEXT_BYTES) {
    throw new StudioError('dataTooLarge', `${sizeBytes} bytes`, { name, sizeBytes, maximumBytes: MAX_TEXT_BYTES });
  }
}

async function readBytes(name: string, blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    const reason = messageOf(cause);
    throw new StudioError('dataUnreadable', reason, { name, reason }, { cause });
  }
}
