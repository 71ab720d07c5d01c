/** The figures of the model card: held-out loss and accuracy, what they are to be read against, and a few predictions. */
import { counted, grouped } from '../core/counts.ts';
import { escapeMarkdown, markdownTable } from '../core/markdown.ts';
import { formatMetric, type HeldOutPoint, lastTrainLoss, METRICS, metricsOf } from '../core/metrics.ts';
import type { ReferenceLines } from '../text/reference/referenceLines.ts';
import type { ExportedRun } from './exportedRun.ts';

/** Of the held-out text, before training and after. */
export function results({ heldOut, corpus, config, points, reference, step, weightsStep }: ExportedRun): string {
  const [first, last] = [heldOut[0], heldOut.at(-1)];
  const trained =
    points.length === 0
      ? ''
      : `\n\nTraining loss, mean of the last tenth of the steps: ${nats(lastTrainLoss(points))}.`;
  if (!first || !last) {
    return `## Results\n\nNothing was held out of training, so there is no figure for unseen text.${trained}`;
  }
  const row = (name: string, show: (point: HeldOutPoint) => string): string[] => [name, show(first), show(last)];
  // The final evaluation is of the weights that are kept, an earlier one of those of its step.
  const measured = grouped(last.step === step ? weightsStep : last.step);
  const table = markdownTable(
    ['held-out text', `before training (step ${grouped(first.step)})`, `after training (weights of step ${measured})`],
    [
      row('loss, nats per masked token', (point) => `${nats(point.loss)} ± ${nats(point.standardError)}`),
      row('perplexity', (point) => Math.exp(point.loss).toFixed(1)),
      ...metricsOf('heldOut').flatMap(([key, metric]) =>
        metric.card === undefined ? [] : [row(metric.card, (point) => formatMetric(metric, point[key]))],
      ),
    ],
  );
  return [
    '## Results',
    '',
    table,
    '',
    `Measured on ${counted(corpus.heldOutDocuments, 'document')} that training never saw (whole documents, drawn with split ` +
      `seed ${config.data.splitSeed}): 15% of the tokens, each shown as \`<mask>\`, with ${last.draws === 1 ? 'one random set' : `${grouped(last.draws)} random sets`} of masks. ± is the ` +
      `standard error over the masked tokens: how much other masks on the same documents would change the loss. For the loss after training, the standard error over documents is ` +
      `${Number.isNaN(last.documentError) ? 'unknown: it takes at least two documents' : nats(last.documentError)}.${trained}`,
    ...(reference === null ? [] : ['', referenceTable(reference, last)]),
  ].join('\n');
}

/** The lines that the loss is to be read against, on the masks of the last pass. */
function referenceTable(lines: ReferenceLines, last: HeldOutPoint): string {
  const perByte = (loss: number): string => ((last.bitsPerByte / last.loss) * loss).toFixed(3);
  const table = markdownTable(
    ['on the same masks', 'nats per token', 'bits per byte', 'masked accuracy', 'top-5 accuracy'],
    [
      ['random guess', nats(lines.random), perByte(lines.random), '', ''],
      ['token frequencies (unigram)', nats(lines.unigram), perByte(lines.unigram), '', ''],
      [
        'neighbour counts',
        nats(lines.neighbours),
        perByte(lines.neighbours),
        percent(lines.neighbourTop1),
        percent(lines.neighbourTop5),
      ],
      ['this model', nats(last.loss), perByte(last.loss), percent(last.top1), percent(last.top5)],
    ],
  );
  const words =
    lines.words && last.wordTop1 !== null && last.wordTop5 !== null
      ? `\n\nWord accuracy is measured on ${counted(lines.words.words, 'held-out word')}, without giving the model their number of tokens: ` +
        `${percent(last.wordTop1)} (top 5: ${percent(last.wordTop5)}). Neighbour counts of words reach ` +
        `${percent(lines.words.top1)} (top 5: ${percent(lines.words.top5)}).`
      : '';
  return (
    `${table}${words}\n\nNeighbour counts are tables of how often each token stands left of, right of and between others in the ` +
    'training text, smoothed with weights fitted to that text; like the model, they do not see masked neighbours.'
  );
}

/** What the model really answered; no section where no line could be asked about. */
export function answers({ verses, heldOut, weightsStep }: ExportedRun): string[] {
  if (verses.length === 0) return [];
  const rows = verses.map(({ parts, fills }) => [
    escapeMarkdown(parts.map((part, index) => part + inBrackets(fills[index]?.guess)).join('')),
    fills.map(({ probability }) => percent(probability)).join(', '),
    fills.map(({ truth }) => escapeMarkdown(truth)).join(', '),
  ]);
  const source = heldOut.length > 0 ? 'Held-out lines' : 'Lines of the training text';
  return [
    [
      '## Predictions',
      '',
      markdownTable(['line, top predictions in brackets', 'probability of the prediction', 'original'], rows),
      '',
      `${source}, filled in by the weights of step ${grouped(weightsStep)}: the first lines drawn, not the best.`,
    ].join('\n'),
  ];
}

/** @example inBrackets(' thee') === ' [thee]' */
function inBrackets(guess: string | undefined): string {
  return guess === undefined ? '' : `${/^\s/u.test(guess) ? ' ' : ''}[${guess.trim()}]`;
}

function nats(value: number): string {
  return value.toFixed(4);
}

function percent(share: number): string {
  return formatMetric(METRICS.heldOut.top1, share);
}
