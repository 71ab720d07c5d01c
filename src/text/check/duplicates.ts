/** Documents that stand twice. They are kept on one side of the split in any case; here they are found and left out. */

import { counted } from '../../core/counts.ts';
import {
  documentsOf,
  documentText,
  findDocuments,
  type SourceText,
  type TextDocuments,
  twinsOf,
} from '../documentTable.ts';
import type { Twins } from '../twins.ts';
import { type Finding, shortened } from './finding.ts';

/** Letters of a document, from which on its return is no refrain and no formula. */
const LEAST_LETTERS = 100;
/** Letters of a line: verses are shorter, and a stanza of theirs may return. */
const LEAST_LINE = 40;
/** Letters of a document that is no stanza. */
const LONG = 400;
/** As many documents in a row that stood before are no refrains, however short they are. */
const LEAST_RUN = { documents: 3, lines: 12 } as const;
/** Share of the documents, below which they are what a large book repeats by itself. */
const LEAST_SHARE = 0.005;

/** Which documents are copies that can be left out: 1. */
function copiesOf(
  { documents }: Pick<TextDocuments, 'documents'>,
  { first, letters, exact }: Twins,
  leastRun: number,
): Uint8Array {
  const copies = new Uint8Array(documents.length);
  const runs = runLengths(first);
  for (let index = 0; index < documents.length; index++) {
    if (first[index] === index) continue;
    const own = letters[index] as number;
    const isStanza = own < LONG && own < LEAST_LINE * (documents.lineCounts[index] as number);
    const isCopy = own >= LEAST_LETTERS && !isStanza;
    if (isCopy || (exact[index] === 1 && (runs[index] as number) >= leastRun)) copies[index] = 1;
  }
  const count = copies.reduce((sum, copy) => sum + copy, 0);
  return count < LEAST_SHARE * documents.length ? copies.fill(0) : copies;
}

/** Of each document how many around it stand before it in the same order. */
function runLengths(first: Int32Array): Int32Array {
  const runs = new Int32Array(first.length);
  for (let start = 0; start < first.length; ) {
    let end = start + 1;
    if (first[start] !== start) {
      while (end < first.length && first[end] === (first[end - 1] as number) + 1 && first[end] !== end) end++;
      runs.fill(end - start, start, end);
    }
    start = end;
  }
  return runs;
}

/** Of a text that has hardly any documents the lines are looked at. */
const FEWEST_DOCUMENTS = 10;

/** Texts cut into documents, or into lines where there are few, and which of them are copies. */
export type Copies = ReturnType<typeof findCopies>;

export function findCopies(sources: readonly SourceText[]) {
  const blocks = documentsOf(sources);
  const unit = blocks.documents.length < FEWEST_DOCUMENTS ? 'lines' : 'documents';
  const corpus = unit === 'lines' ? { sources, documents: findDocuments(sources, 1) } : blocks;
  const twins = twinsOf(corpus);
  return { corpus, twins, copies: copiesOf(corpus, twins, LEAST_RUN[unit]), unit } as const;
}

/** null: there are none. */
export function duplicatesFinding({ corpus, twins, copies, unit }: Copies): Finding | null {
  const found = Array.from(copies.keys()).filter((index) => copies[index] === 1);
  const [example] = found;
  if (example === undefined) return null;
  const near = found.filter((index) => twins.exact[index] === 0).length;
  const changed = near === 0 ? '' : `, in ${counted(near, 'case')} with small changes`;
  const noun = unit === 'lines' ? 'duplicate line' : 'duplicate document';
  const kept =
    unit === 'lines'
      ? 'A held-out line may also occur in the training text.'
      : 'Copies are kept on one side of the split, so that nothing held out is trained on; they count as often as they occur.';
  return {
    name: 'duplicates',
    count: found.length,
    sentence: `${counted(found.length, noun)}: text that occurs more than once${changed}. ${kept}`,
    repair: 'Remove the copies',
    repaired: `${counted(found.length, noun)} removed`,
    example: { before: shortened(documentText(corpus, example), 72), after: null },
  };
}

/** The texts without copies, and without the blank lines behind these. A text of copies alone is left out. */
export function withoutCopies({ corpus, copies, unit }: Copies): SourceText[] {
  const { source, starts, ends } = corpus.documents;
  return corpus.sources.flatMap(({ name, text }, own) => {
    const kept: string[] = [];
    let from = 0;
    let documents = 0;
    for (let index = 0; index < copies.length; index++) {
      if (source[index] !== own) continue;
      if (copies[index] === 0) {
        documents++;
        continue;
      }
      kept.push(text.slice(from, starts[index]));
      from = ends[index] as number;
      const blank = unit === 'documents' ? /^\s*\n/.exec(text.slice(from, from + 64)) : null;
      from += blank?.[0].length ?? 0;
    }
    kept.push(text.slice(from));
    return documents === 0 ? [] : [{ name, text: kept.join('') }];
  });
}
