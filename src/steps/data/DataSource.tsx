import { Stack, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { counted } from '../../core/counts.ts';
import { ActionBar } from '../../design/ActionBar.tsx';
import { FileDrop } from '../../design/FileDrop.tsx';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

/** The ways in for a text: files dropped or chosen, or a paste. */
export function DataSource() {
  const busy = useStudio(selectBusy);
  const reading = useStudio((state) => state.steps.data.busy);
  const { loadData } = useActions();
  return (
    <div className="fields">
      <div>
        <p className="mantine-InputWrapper-label" aria-hidden="true">
          Files
        </p>
        <FileDrop
          name="Text files"
          title="Drop one or more text files here"
          hint="or click to choose them: .txt, CSV, JSON, XML, subtitles, Word and more, up to 128 MB in total"
          onFiles={(files) =>
            loadData({ kind: 'files', files: files.map((file) => ({ name: file.name, blob: file })) })
          }
          disabled={busy !== null}
          multiple
        />
        {busy !== null && <p className="small soft">{reading ? 'Reading the text.' : busy}</p>}
      </div>
      <PasteBox busy={busy} />
    </div>
  );
}

/** A paste may be megabytes long, so the browser keeps it, and React only learns how long it is. */
function PasteBox({ busy }: { readonly busy: string | null }) {
  const { loadData } = useActions();
  const box = useRef<HTMLTextAreaElement>(null);
  const [length, setLength] = useState(0);
  return (
    <Stack gap={10}>
      <Textarea
        ref={box}
        label="Or paste text"
        rows={3}
        dir="auto"
        onChange={(event) => setLength(event.currentTarget.value.length)}
        classNames={{ input: 'book' }}
      />
      <ActionBar
        label="Use this text"
        onClick={() => loadData({ kind: 'paste', text: box.current?.value ?? '' })}
        disabledReason={length === 0 ? 'Paste or type some text first.' : busy}
        emphasis="quiet"
        size="xs"
        note={counted(length, 'character')}
      />
    </Stack>
  );
}
