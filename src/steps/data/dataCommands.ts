/** Commands of the Data step: read, split, show. */
import type { DataConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { validatePart } from '../../core/validation.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LoadedText } from '../../studio/worker/liveModel.ts';
import { assertIdle, type PageQuery, requireText, type SessionState } from '../../studio/worker/session.ts';
import {
  buildCorpus,
  type Corpus,
  corpusStatistics,
  documentLines,
  type SourceText,
  type Split,
  splitDocuments,
} from '../../text/corpus.ts';
import { MAX_TEXT_BYTES, readText } from '../../text/readText.ts';

const SONNETS_NAME = 'Shakespeare’s sonnets';
/** Lines of a document that a preview shows. */
const PREVIEW_LINES = 20;

export type DataSource =
  | { readonly kind: 'sonnets' }
  /** `File` objects are read by the worker, so that a large file never blocks the page. */
  | { readonly kind: 'files'; readonly files: readonly { readonly name: string; readonly blob: Blob }[] }
  | { readonly kind: 'paste'; readonly text: string };

interface LoadParams {
  readonly source: DataSource;
  readonly config: DataConfig;
  readonly onlyRead?: boolean;
}

export const dataCommands = {
  /**
   * Loads a text in place of the one before. Whatever goes wrong, the one before stays.
   * @param onlyRead finds out whether it can be loaded, and leaves the one before
   */
  'data.load': async (state, { source, config, onlyRead = false }: LoadParams) => {
    assertIdle(state);
    validatePart('data', config);
    const { sources, notices } = await readSource(source);
    assertIdle(state);
    const corpus = buildCorpus(sources);
    const text: LoadedText = {
      corpus,
      split: splitDocuments(corpus, config),
      sourceNames: sources.map(({ name }) => name),
      notices: [...notices, ...corpus.notices],
      isSonnets: source.kind === 'sonnets',
      dataConfig: config,
    };
    return onlyRead ? summarizeText(text) : setText(state, text);
  },

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
    /** Lines that the preview leaves out. */
    moreLines: Math.max(0, lines.length - PREVIEW_LINES),
  };
}

function setText(state: SessionState, text: LoadedText): CorpusSummary {
  state.text = text;
  state.tokens = null;
  return summarizeText(text);
}

export type CorpusSummary = ReturnType<typeof summarizeText>;

/** The figures of a text. */
export function summarizeText({ corpus, split, sourceNames, notices, isSonnets }: LoadedText) {
  return { ...corpusStatistics(corpus, split), sourceNames, notices, isSonnets };
}

async function readSource(source: DataSource): Promise<{ sources: SourceText[]; notices: string[] }> {
  if (source.kind === 'paste') return readAll([{ name: 'Pasted text', blob: new Blob([source.text]) }]);
  if (source.kind === 'files') return readAll(source.files);
  const response = await fetch(new URL('data/sonnets.txt', siteRoot()));
  if (!response.ok) {
    throw new StudioError('dataUnreadable', `sonnets: HTTP ${response.status}`, {
      name: SONNETS_NAME,
      reason: `the server answered ${response.status}`,
    });
  }
  return readAll([{ name: SONNETS_NAME, blob: await response.blob() }]);
}

/** The folder of `index.html`. The worker's script lies in `assets/` of a build and deeper down on the dev server. */
function siteRoot(): URL {
  return import.meta.env.DEV ? new URL('/', self.location.origin) : new URL('../', self.location.href);
}

async function readAll(
  files: readonly { name: string; blob: Blob }[],
): Promise<{ sources: SourceText[]; notices: string[] }> {
  assertReadableSize(files);
  const sources: SourceText[] = [];
  const notices: string[] = [];
  for (const { name, blob } of files) {
    const read = readText(await readBytes(name, blob), name);
    sources.push({ name, text: read.text });
    notices.push(...read.notices);
  }
  return { sources, notices };
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
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StudioError('dataUnreadable', reason, { name, reason }, { cause });
  }
}
