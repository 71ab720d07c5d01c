import { Box, Button, Flex, Text, TextInput } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { StepBar } from '../../app/stepLinks.tsx';
import { counted } from '../../core/counts.ts';
import { deviceName } from '../../core/device.ts';
import { METRICS } from '../../core/metrics.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { folderName } from '../../files/folderName.ts';
import { loadLines } from '../../files/useScripts.ts';
import { formatCount, formatDuration, formatSize } from '../../studio/page/format.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';
import { useSuggestions } from '../test/useSuggestions.ts';
import { HeldOutLoss, MaskedAccuracy, Speed } from '../train/runFigures.tsx';
import { ExportChoices } from './ExportChoices.tsx';
import { ExportVerify } from './ExportVerify.tsx';
import { EMPTY_EXPORT, nameProblem, selectExportRefusal } from './exportState.ts';
import './ExportStep.css';
import { canSaveFolders, chooseFolder, downloadZip } from './exportDownload.ts';

/** The list is asked for once typing has stopped. */
const TYPING_MS = 300;

/** Step 7: the folder that `from_pretrained` loads. */
export default function ExportStep() {
  const error = useStudio((state) => state.steps.export.error);
  const blocked = useStudio((state) => selectBlocked(state, 'export'));
  const busy = useStudio(selectBusy);
  return (
    <StepPage
      title="Export"
      lead="A folder that loads in Python, with the weights, the tokenizer and a model card that describes them."
      meaning={MEANING}
      actions={<DownloadBar />}
    >
      {blocked !== null ? (
        <Empty>{blocked}</Empty>
      ) : (
        <>
          <NameField />
          <ExportChoices />
          <WritingProgress />
          <ErrorNotice error={error} />
          {busy === null ? <Files /> : <Empty>{busy} The files can be listed and written after that.</Empty>}
          <ExportVerify />
          <ExportLoad />
          <RunFigures />
        </>
      )}
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      The files are those of the Hugging Face libraries: <code>from_pretrained</code> reads the folder as it is, with
      weights named and shaped as in transformers.
    </p>
    <p>The settings, the seed and the log are stored beside the weights, so that the run can be repeated.</p>
  </>
);

function DownloadBar() {
  const name = useStudio((state) => state.exportBundle.name);
  const line = useStudio((state) => state.steps.export.line);
  const reason = useStudio(selectExportRefusal);
  const actions = useActions();
  const save = async (): Promise<void> => {
    const parent = await chooseFolder();
    if (parent !== null) await actions.saveBundle(parent);
  };
  return (
    <StepBar
      step="export"
      label="Download zip"
      onClick={() => void downloadZip(actions, name)}
      disabledReason={reason}
      note={line === null ? 'Nothing is sent anywhere: the zip is made on this device.' : `Written: ${line}.`}
    >
      {canSaveFolders() && (
        <Button disabled={reason !== null} onClick={() => void save()}>
          Save as a folder
        </Button>
      )}
    </StepBar>
  );
}

function NameField() {
  const name = useStudio((state) => state.exportBundle.name);
  const { setExportName } = useActions();
  return (
    <TextInput
      label="Model name"
      description="Also the name of the folder."
      styles={{ wrapper: { maxWidth: 360 } }}
      value={name}
      onChange={(event) => setExportName(event.currentTarget.value)}
      error={nameProblem(name)}
    />
  );
}

function WritingProgress() {
  const { writing, progress } = useStudio((state) => state.exportBundle);
  if (!writing || progress === null) return null;
  const { writtenBytes, totalBytes, etaSeconds } = progress;
  return (
    <ProgressLine
      label="Writing the files"
      done={writtenBytes / totalBytes}
      detail={`${formatSize(writtenBytes)} of ${formatSize(totalBytes)}`}
      secondsLeft={etaSeconds}
      onCancel={() => currentEngine().cancel('export.zip', 'export.folder')}
    />
  );
}

/** What the folder holds; read anew when the weights, the name or the choice of files are others. */
function Files() {
  const name = useStudio((state) => state.exportBundle.name);
  const options = useStudio((state) => state.exportBundle.options);
  const weights = useStudio(({ train }) => `${train.runs.length} ${train.state.step}`);
  const asked = { name: nameProblem(name) === null ? name : EMPTY_EXPORT.name, options };
  const { data: files, error } = useEngine('export.list', asked, { debounceMs: TYPING_MS, version: weights });
  if (error !== null && files === null) return <ErrorNotice error={error} />;
  const total = files?.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? 0;
  const note = files === null ? 'Reading the list of files.' : `${files.length} files, ${formatSize(total)}.`;
  return (
    <Section title="Files" note={note}>
      <ErrorNotice error={error} />
      {files === null ? (
        // The place of the list: what is below it stays out of sight until it has been read.
        <Box h={640} aria-busy="true" />
      ) : (
        <DataTable
          className="bundle bundle-files"
          verticalSpacing={8}
          rows={files}
          columns={[
            { head: 'File', names: true, cell: ({ path }) => <code>{path}</code> },
            {
              head: 'Size',
              figures: true,
              cell: ({ sizeBytes }) => <span className="bundle-size">{formatSize(sizeBytes)}</span>,
            },
            { head: 'Purpose', cell: ({ purpose }) => purpose },
          ]}
        />
      )}
    </Section>
  );
}

/** The figures of the run that the weights come from. Draws nothing for a run that has no summary. */
function RunFigures() {
  const summary = useStudio((state) => state.train.runs.at(-1)?.summary ?? null);
  if (summary === null) return null;
  const { heldOut, firstHeldOutLoss } = summary;
  return (
    <Section title="The run" note="The model card in the folder says the same, and more.">
      <Figures label="The exported run">
        <HeldOutLoss
          heldOut={heldOut}
          note={firstHeldOutLoss === null ? undefined : `from ${firstHeldOutLoss.toFixed(2)} before training`}
        />
        <MaskedAccuracy heldOut={heldOut} />
        <Figure
          label={METRICS.train.loss.name}
          number={summary.trainLoss.toFixed(2)}
          note="mean, last tenth of steps"
        />
        <Figure
          label="Parameters"
          number={formatCount(summary.parameters)}
          note={counted(summary.vocabSize, 'token')}
        />
        <Figure
          label="Training"
          number={formatCount(summary.steps)}
          unit={summary.steps === 1 ? 'step' : 'steps'}
          note={`${formatDuration(summary.seconds)} on ${deviceName(summary.backend, summary.adapter)}`}
        />
        <Speed tokensPerSecond={summary.tokensPerSecond} note="in training" />
      </Figures>
    </Section>
  );
}

function ExportLoad() {
  const name = useStudio((state) => state.exportBundle.name);
  const hasOnnx = useStudio((state) => state.exportBundle.options.onnx.length > 0);
  const answered = useStudio((state) => state.test.answer?.text ?? '');
  const { data: suggestions } = useSuggestions();
  const { python, javascript } = loadLines(folderName(name), [
    answered,
    ...(suggestions ?? []).map(({ text }) => text),
  ]);
  return (
    <Section title="Load it" note="Put the folder (unzipped) beside your script. These lines run as they are.">
      <CodeLines language="Python" needs="needs transformers and torch" lines={python} />
      {hasOnnx ? (
        <CodeLines language="JavaScript" needs="in Node, needs @huggingface/transformers" lines={javascript} />
      ) : (
        <p className="small soft">
          For JavaScript the folder needs an ONNX file: choose one above, under “ONNX files for JavaScript”.
        </p>
      )}
    </Section>
  );
}

function CodeLines({ language, needs, lines }: Readonly<Record<'language' | 'needs' | 'lines', string>>) {
  const { copy, copied, error: refused } = useClipboard();
  return (
    <Flex component="section" direction="column" gap={8} miw={0} aria-label={`Load it in ${language}`}>
      <Flex component="header" wrap="wrap" align="baseline" gap="2px 12px">
        <Text component="h3" ff="var(--font-sans)" fz="var(--text-sm)" fw={560}>
          {language}
        </Text>
        <span className="small soft">{needs}</span>
        <span className="small soft" aria-live="polite">
          {copied && 'Copied.'}
          {refused !== null && 'The browser did not allow copying. Select the lines and copy them.'}
        </span>
        <Button size="xs" ml="auto" onClick={() => copy(lines)} aria-label={`Copy the lines for ${language}`}>
          Copy
        </Button>
      </Flex>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls has to be reachable by keyboard */}
      <pre className="code-lines" tabIndex={0}>
        <code>{lines}</code>
      </pre>
    </Flex>
  );
}
