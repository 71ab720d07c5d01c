import { Box, Stack } from '@mantine/core';
import { counted } from '../../core/counts.ts';
import { SelectField } from '../../design/Field.tsx';
import { Section } from '../../design/StepPage.tsx';
import { selectBusy, selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { ENCODING_NAMES, encodingLabel } from '../../text/reading/encodings.ts';
import { type Field, FORMATS, type Reading } from '../../text/reading/reading.ts';

/** Files that are shown; there may be hundreds. */
const MOST_FILES = 5;

/** How the files were read: what each was taken for, what is left out, and what to choose instead. Nothing for plain UTF-8. */
export function DataReading() {
  const readings = useStudio(({ data }) => data.summary?.readings);
  if (readings === undefined || readings.length === 0) return null;
  const more = readings.length - MOST_FILES;
  return (
    <Section title="How the text was read" note="The resulting text is under “Browse the text” below.">
      {readings.slice(0, MOST_FILES).map((reading) => (
        <FileReading key={reading.name} reading={reading} />
      ))}
      {more > 0 && <p className="small soft">And {counted(more, 'more file')}.</p>}
    </Section>
  );
}

function FileReading({ reading }: { readonly reading: Reading }) {
  const busy = useStudio(selectBusy) !== null;
  const locked = useStudio((state) => selectSettingsLocked(state, 'data'));
  const canChoose = useStudio(({ data }) => data.source !== null);
  const { readDataAs } = useActions();
  const { name, notes, encoding, encodings, format, formats, field, fields } = reading;
  return (
    <Stack component="section" gap={8} aria-label={`How ${name} was read`}>
      <p className="small">
        <strong>{name}</strong>
      </p>
      {notes.map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
      {canChoose && locked !== null && <p className="small soft">{locked}</p>}
      {canChoose && (
        <Box className="fields" mt={8}>
          {encoding !== null && encodings.length > 0 && (
            <SelectField
              label="Encoding"
              value={encoding}
              data={[...new Set([...encodings, ...ENCODING_NAMES])].map((value) => ({
                value,
                label: encodingLabel(value),
              }))}
              onChange={(value) => readDataAs(name, { encoding: value })}
              disabled={busy}
            />
          )}
          {formats.length > 1 && (
            <SelectField
              label="Format"
              value={format}
              data={formats.map((value) => ({ value, label: FORMATS[value] }))}
              onChange={(value) => readDataAs(name, { format: value, field: '' })}
              disabled={busy}
            />
          )}
          {field !== null && fields.length > 1 && (
            <SelectField
              label="Column or field"
              value={field}
              data={fields.map(fieldOption)}
              onChange={(value) => readDataAs(name, { field: value })}
              disabled={busy}
            />
          )}
        </Box>
      )}
    </Stack>
  );
}

/** A field's name says little without what is in it. */
const fieldOption = ({ name, example }: Field) => ({
  value: name,
  label: example === '' ? name : `${name}: ${example}`,
});
