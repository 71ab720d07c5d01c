import { Button, FileButton } from '@mantine/core';
import { useRef } from 'react';
import { Notice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount, formatLarge } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** A model instead of a text: a zip or a folder that Folio, or `save_pretrained`, wrote. */
export function DataOpenModel() {
  const busy = useStudio(selectBusy);
  const { openModel } = useActions();
  const folder = useRef<HTMLInputElement>(null);
  const openFolder = (files: FileList | null): void => {
    const listed = [...(files ?? [])];
    const name = listed[0]?.webkitRelativePath.split('/')[0] ?? '';
    if (listed.length === 0) return;
    const inFolder = listed.map((blob) => ({ path: blob.webkitRelativePath.split('/').slice(1).join('/'), blob }));
    openModel({ kind: 'folder', name, files: inFolder });
  };
  return (
    <Section
      title="Open a model"
      note="A zip or folder that Folio exported, or any RobertaForMaskedLM folder with a byte-level BPE. It can be tested, trained further on the text above, and exported again."
    >
      <div className="action-bar">
        <FileButton
          accept=".zip,application/zip"
          onChange={(file) => file && openModel({ kind: 'zip', name: file.name, blob: file })}
          inputProps={{ 'aria-label': 'Zip of a model' }}
        >
          {(props) => (
            <Button {...props} variant="default" size="xs" disabled={busy !== null}>
              Open a zip
            </Button>
          )}
        </FileButton>
        <Button variant="default" size="xs" disabled={busy !== null} onClick={() => folder.current?.click()}>
          Open a folder
        </Button>
        <input
          ref={folder}
          type="file"
          hidden
          aria-label="Folder of a model"
          {...{ webkitdirectory: '' }}
          onChange={(event) => {
            openFolder(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        {busy !== null && <p className="action-bar-note">{busy}</p>}
      </div>
      <OpenedNotice />
    </Section>
  );
}

/** Which model is open, and what that means for the steps. Draws nothing without one. */
export function OpenedNotice() {
  const opened = useStudio((state) => state.openedModel.model);
  if (opened === null) return null;
  const { name, parameters, vocabSize, step, checked } = opened;
  return (
    <Notice>
      <strong>{name}</strong> is open: {formatLarge(parameters)} parameters, {formatCount(vocabSize)} tokens
      {step !== null && `, ${formatCount(step)} steps trained`}.{' '}
      {checked ? 'Every file is the one that was written.' : 'It came without checksums, so only its form was checked.'}{' '}
      Tokenizer and weights are its own until new ones are made.
    </Notice>
  );
}
