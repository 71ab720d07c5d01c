import { Button, FileButton } from '@mantine/core';
import { useRef } from 'react';
import { counted } from '../../core/counts.ts';
import { ErrorNotice, Notice } from '../../design/Notices.tsx';
import { Section } from '../../design/StepPage.tsx';
import { formatCount, formatLarge } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { ARCHIVES, offerAfter } from './openModelState.ts';

/** A model instead of a text: an archive or a folder that Folio, or `save_pretrained`, wrote. */
export function DataOpenModel() {
  const busy = useStudio(selectBusy);
  const { openModel } = useActions();
  // Else the same zip or folder could not be chosen again.
  const [forgetZip, forgetFolder] = [useRef<() => void>(null), useRef<() => void>(null)];
  const openZip = (file: File | null): void => {
    forgetZip.current?.();
    if (file !== null) openModel({ kind: 'zip', name: file.name, blob: file });
  };
  const openFolder = (files: File[]): void => {
    forgetFolder.current?.();
    const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
    if (files.length === 0) return;
    const inFolder = files.map((blob) => ({ path: blob.webkitRelativePath.split('/').slice(1).join('/'), blob }));
    openModel({ kind: 'folder', name, files: inFolder });
  };
  const openingButton = (words: string) => (props: { readonly onClick: () => void }) => (
    <Button {...props} size="xs" disabled={busy !== null}>
      {words}
    </Button>
  );
  return (
    <Section
      title="Open a model"
      note="A folder, zip or tar.gz of a RoBERTa masked language model with a byte-level BPE tokenizer, for example one that Folio exported. It can be tested, trained further on the text above, and exported again."
    >
      <div className="action-bar">
        <FileButton
          accept={ARCHIVES}
          onChange={openZip}
          resetRef={forgetZip}
          inputProps={{ 'aria-label': 'Model archive' }}
        >
          {openingButton('Open an archive')}
        </FileButton>
        <FileButton
          multiple
          onChange={openFolder}
          resetRef={forgetFolder}
          inputProps={{ 'aria-label': 'Model folder', ...{ webkitdirectory: '' } }}
        >
          {openingButton('Open a folder')}
        </FileButton>
        {busy !== null && <p className="action-bar-note">{busy}</p>}
      </div>
      <RefusedModel />
      <OpenedNotice />
    </Section>
  );
}

/** Why the last model was not opened, and what could be done all the same. Draws nothing if it was. */
function RefusedModel() {
  const refused = useStudio((state) => state.openedModel.refused);
  const busy = useStudio(selectBusy);
  const { acceptOffer } = useActions();
  if (refused === null) return null;
  const offer = offerAfter(refused.error);
  return (
    <>
      <ErrorNotice error={refused.error} />
      {offer !== null && (
        <div className="action-bar">
          <Button size="xs" disabled={busy !== null} onClick={acceptOffer}>
            {offer.label}
          </Button>
        </div>
      )}
    </>
  );
}

const CHECKED = 'Every file that was read matches its checksum.';
const UNCHECKED = 'It has no checksums, so only its structure was checked.';

/** Which model is open, and what that means for the steps. Draws nothing without one. */
export function OpenedNotice() {
  const opened = useStudio((state) => state.openedModel.model);
  if (opened === null) return null;
  const { name, parameters, vocabSize, step, checked, notices } = opened;
  return (
    <>
      <Notice>
        <strong>{name}</strong> is open: {formatLarge(parameters)} parameters, {formatCount(vocabSize)} tokens
        {step !== null && `, trained for ${counted(step, 'step')}`}. {checked ? CHECKED : UNCHECKED} It keeps its
        tokenizer and weights until new ones are made.
      </Notice>
      {notices.map((notice) => (
        <Notice key={notice}>{notice}</Notice>
      ))}
    </>
  );
}
