import { Button, TextInput } from '@mantine/core';
import { NeededStep } from '../../app/NeededStep.tsx';
import { ActionBar } from '../../design/ActionBar.tsx';
import { FieldLabel } from '../../design/Field.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { ProgressLine } from '../../design/ProgressLine.tsx';
import { StepPage } from '../../design/StepPage.tsx';
import { formatSize } from '../../studio/page/format.ts';
import { selectBlocked, selectBusy } from '../../studio/page/selectors.ts';
import { currentEngine, useActions, useStudio } from '../../studio/page/useStudio.ts';
import { ExportChoices } from './ExportChoices.tsx';
import { ExportFiles } from './ExportFiles.tsx';
import { ExportLoad } from './ExportLoad.tsx';
import { ExportRunFigures } from './ExportRunFigures.tsx';
import { ExportVerify } from './ExportVerify.tsx';
import { nameProblem } from './exportState.ts';
import './ExportStep.css';
import { ExportMeaning } from '../../app/meanings.tsx';
import { canSaveFolders, chooseFolder, downloadZip } from './exportDownload.ts';

/** Step 7: the folder that `from_pretrained` loads. */
export default function ExportStep() {
  const error = useStudio((state) => state.steps.export.error);
  const blocked = useStudio((state) => selectBlocked(state, 'export'));
  const busy = useStudio(selectBusy);
  return (
    <StepPage
      title="Export"
      lead="A folder that loads in Python, with the weights, the tokenizer and a card that says what they are."
      meaning={<ExportMeaning />}
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
          {busy === null ? <ExportFiles /> : <Empty>{busy} The files are made from weights that stand still.</Empty>}
          <ExportVerify />
          <ExportLoad />
          <ExportRunFigures />
        </>
      )}
    </StepPage>
  );
}

function DownloadBar() {
  const name = useStudio((state) => state.exportBundle.name);
  const writing = useStudio((state) => state.exportBundle.writing);
  const line = useStudio((state) => state.steps.export.line);
  const waiting = useStudio((state) => selectBlocked(state, 'export') ?? selectBusy(state));
  const actions = useActions();
  const save = async (): Promise<void> => {
    const parent = await chooseFolder();
    if (parent !== null) await actions.saveBundle(parent);
  };
  const reason = waiting ?? nameProblem(name) ?? (writing ? 'The files are being written.' : null);
  return (
    <ActionBar
      label="Download zip"
      onClick={() => void downloadZip(actions, name)}
      disabledReason={reason}
      note={line === null ? 'Nothing is sent anywhere: the zip is made on this device.' : `Made: ${line}.`}
    >
      {canSaveFolders() && (
        <Button variant="default" disabled={reason !== null} onClick={() => void save()}>
          Save as a folder
        </Button>
      )}
      <NeededStep before="export" />
    </ActionBar>
  );
}

function NameField() {
  const name = useStudio((state) => state.exportBundle.name);
  const { setExportName } = useActions();
  return (
    <TextInput
      className="field export-name"
      label={<FieldLabel label="What the model is called" term="Model name" />}
      description="Also the name of the folder."
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      value={name}
      onChange={(event) => setExportName(event.currentTarget.value)}
      error={nameProblem(name)}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

function WritingProgress() {
  const writing = useStudio((state) => state.exportBundle.writing);
  const progress = useStudio((state) => state.exportBundle.progress);
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
