import { ActionBar } from '../../design/ActionBar.tsx';
import { DataTable } from '../../design/DataTable.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Gapped } from '../../design/Gapped.tsx';
import { Section } from '../../design/StepPage.tsx';
import { isolated, textDirection } from '../../design/textDirection.ts';
import { formatCount } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { Verified } from './exportState.ts';
import type { VerifyReport } from './verifyReport.ts';

/** Reads what was written with other libraries than Folio's own, in the page, and compares. */
export function ExportVerify() {
  const { written, verifying, verified, options } = useStudio((state) => state.exportBundle);
  const busy = useStudio(selectBusy);
  const { verifyBundle } = useActions();
  const withOnnx = options.onnx.length > 0;
  const reads = withOnnx ? 'Transformers.js reads the folder' : 'Folio opens the folder again';
  const readers = withOnnx
    ? 'The libraries (28 MB) are downloaded on first use.'
    : 'Without an ONNX file, only Folio reads the files.';
  const reason =
    written === null
      ? 'Download the zip or save the folder first: Verify reads the files that were written.'
      : (busy ?? (verifying ? `${reads} and fills in ten masked lines.` : null));
  return (
    <Section
      title="Verify"
      note="Loads the written files in this page with Transformers.js and onnxruntime (served from this site; an ONNX file is needed), and opens them again in Folio. Each copy is compared with the model on this page."
    >
      <ActionBar
        label="Verify"
        onClick={() => void verifyBundle()}
        disabledReason={reason}
        emphasis="quiet"
        size="xs"
        spoken
        note={verified === null ? readers : verdict(verified)}
      />
      {verified !== null && (
        <>
          <Figures label="What Verify found">
            {verified.javascript !== null && (
              <>
                <Difference reader="Transformers.js" report={verified.javascript} />
                <Figure
                  label="Same top prediction"
                  number={`${formatCount(verified.javascript.sameTokens)} of ${formatCount(verified.javascript.masks)}`}
                  note="masks, in Transformers.js"
                />
              </>
            )}
            <Difference reader="Opened again" report={verified.reopened} />
            <Figure
              label="Weights"
              number={verified.reopened.sameWeights ? 'equal' : 'rounded'}
              note={verified.reopened.sameWeights ? 'bit for bit' : 'because float16 was chosen'}
            />
          </Figures>
          {verified.javascript === null ? (
            <Lines report={verified.reopened} reader="Opened again" />
          ) : (
            <Lines report={verified.javascript} reader="In Transformers.js" />
          )}
        </>
      )}
    </Section>
  );
}

/** Float32 sums differ in their last digits with the order of the terms. */
const AGREEMENT = 1e-4;

function verdict({ javascript, reopened }: Verified): string {
  const reports = javascript === null ? [reopened] : [javascript, reopened];
  const sameTokens = reports.every(
    ({ sameTokens: same, masks, lines }) => same === masks && lines.every((l) => l.sameIds),
  );
  const close = reports.every(({ largestDifference }) => largestDifference < AGREEMENT);
  if (sameTokens && close) return 'They agree: the same tokens, the same predictions, logits equal to within 0.0001.';
  if (sameTokens)
    return 'The same tokens and the same predictions; logits differ only by rounding to the chosen precision.';
  return 'They do not agree everywhere: see the lines below. A lower precision may change a close prediction.';
}

function Difference({
  reader,
  report: { largestDifference },
}: {
  readonly reader: string;
  readonly report: VerifyReport;
}) {
  const number = largestDifference === 0 ? '0' : largestDifference.toExponential(1);
  return <Figure label={reader} number={number} note="largest logit difference" />;
}

function Lines({ report, reader }: { readonly report: VerifyReport; readonly reader: string }) {
  return (
    <DataTable
      className="bundle verify-lines"
      verticalSpacing={8}
      rows={report.lines}
      columns={[
        {
          head: 'Filled in here',
          cell: ({ text, ours }) => (
            <span className="book" dir={textDirection(text)}>
              <Gapped
                parts={text.split('<mask>')}
                gap={(index) => (
                  <mark className="verify-guess" dir="auto">
                    {ours[index]?.trim() || '·'}
                  </mark>
                )}
              />
            </span>
          ),
        },
        { head: reader, cell: answerOf },
      ]}
    />
  );
}

function answerOf({ ours, theirs, sameIds }: VerifyReport['lines'][number]) {
  const different = theirs.filter((token, index) => token !== ours[index]);
  if (different.length > 0) {
    return (
      <strong className="verify-differs">
        {different.map((token) => `“${isolated(token.trim())}”`).join(' and ')}
      </strong>
    );
  }
  return sameIds ? 'the same' : <strong className="verify-differs">different token IDs</strong>;
}
