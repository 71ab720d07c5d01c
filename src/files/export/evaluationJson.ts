/**
 * `evaluation.json` of the bundle: the held-out documents as token ids, and which of them are masked in each draw, so that
 * anybody can compute the figures of the model card again, with any library.
 */
import { BOS_ID, EOS_ID, MASK_ID } from '../../core/config.ts';
import type { EncodedDocuments } from '../../text/batches/encodeDocuments.ts';
import { HELD_OUT_MASKING_RATE, heldOutExtent, heldOutMasks } from '../../text/batches/heldOut.ts';
import type { ExportedRun } from './run.ts';

const howTo = (idOf: (id: number) => number): readonly string[] => [
  `Join the documents, each followed by </s> (id ${idOf(EOS_ID)}), and cut the result into rows of seq_length - 2 tokens, the last one shorter.`,
  `Put <s> (id ${idOf(BOS_ID)}) before and </s> after each row, and <mask> (id ${idOf(MASK_ID)}) in place of every masked token of a draw.`,
  'A draw lists places in the documents joined without </s>. The loss is the mean of -log p(true token) over the masked tokens of all draws.',
];

/**
 * @param fileIds ids in the bundle's files of each of the engine's; null: the same
 * @returns the file, or null where nothing is held out
 */
export function evaluationJson(
  run: ExportedRun,
  heldOut: EncodedDocuments | null,
  fileIds: Int32Array | null = null,
): string | null {
  if (heldOut === null || heldOut.ids.length === 0) return null;
  const idOf = (id: number): number => fileIds?.[id] ?? id;
  const { splitSeed } = run.config.data;
  const extent = heldOutExtent(heldOut, 'final');
  const draws = heldOutMasks(heldOut, { splitSeed, vocabSize: run.vocabSize, ...extent });
  const last = run.heldOut.at(-1);
  const fields: [string, unknown][] = [
    ['how', howTo(idOf)],
    ['split_seed', splitSeed],
    ['masking_rate', HELD_OUT_MASKING_RATE],
    ['seq_length', run.config.pipeline.seqLength],
    ['line_break_id', idOf(heldOut.lineBreakId)],
    ['vocab_size', run.vocabSize],
    ['loss', last?.loss ?? null],
    ['top1', last?.top1 ?? null],
    ['top5', last?.top5 ?? null],
    ['documents', documentsWithin(heldOut, extent.maximumTokens).map((ids) => ids.map(idOf))],
    ['draws', draws.map((draw) => [...draw])],
  ];
  // A line for each field: the lists are long.
  return `{\n${fields.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}\n`;
}

/** Ids of each document, up to where the evaluation reads. */
function documentsWithin({ ids, documentStarts }: EncodedDocuments, maximumTokens: number): number[][] {
  const documents: number[][] = [];
  for (let document = 0; document + 1 < documentStarts.length; document++) {
    const start = documentStarts[document] ?? 0;
    // A `</s>` after each document takes a place, too.
    const end = Math.min(documentStarts[document + 1] ?? 0, maximumTokens - document);
    if (end <= start) break;
    documents.push([...ids.subarray(start, end)]);
  }
  return documents;
}
