import { TextInput } from '@mantine/core';
import { folderName } from '../../core/export/folderName.ts';
import { nameProblem } from '../../store/exportBundle.ts';
import { selectBlocked, selectBusy } from '../../store/selectors.ts';
import { useActions, useStudio } from '../../store/useStudio.ts';
import { ActionBar } from '../design/ActionBar.tsx';
import { FieldLabel } from '../design/Field.tsx';
import { Empty, ErrorNotice } from '../design/Notices.tsx';
import { StepPage } from '../design/StepPage.tsx';
import { NeededStep } from '../NeededStep.tsx';
import { ExportFiles } from './ExportFiles.tsx';
import { ExportLoad } from './ExportLoad.tsx';
import { ExportRunFigures } from './ExportRunFigures.tsx';
import './ExportStep.css';
import { downloadBlob } from './exportDownload.ts';
import { ExportMeaning } from './meanings.tsx';

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
          <ErrorNotice error={error} />
          {busy === null ? <ExportFiles /> : <Empty>{busy} The files are made from weights that stand still.</Empty>}
          <ExportLoad />
          <ExportRunFigures />
        </>
      )}
    </StepPage>
  );
}

function DownloadBar() {
  const name = useStudio((state) => state.exportBundle.name);
  const zipping = useStudio((state) => state.exportBundle.zipping);
  const line = useStudio((state) => state.steps.export.line);
  const waiting = useStudio((state) => selectBlocked(state, 'export') ?? selectBusy(state));
  const { zipBundle } = useActions();
  const download = async (): Promise<void> => {
    const zip = await zipBundle();
    if (zip !== null) downloadBlob(zip, `${folderName(name)}.zip`);
  };
  return (
    <ActionBar
      label="Download zip"
      onClick={() => void download()}
      disabledReason={waiting ?? nameProblem(name) ?? (zipping ? 'The zip is being put together.' : null)}
      note={line === null ? 'Nothing is sent anywhere: the zip is made on this device.' : `Made: ${line}.`}
    >
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
