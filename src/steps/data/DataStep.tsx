import { Box, Button, Group, SimpleGrid } from '@mantine/core';
import { Browse } from '../../app/Browse.tsx';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ChangeNote, NextStep } from '../../app/stepLinks.tsx';
import { counted } from '../../core/counts.ts';
import { Figure, Figures } from '../../design/Figure.tsx';
import { Empty, ErrorNotice, Notice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { Verse } from '../../design/Verse.tsx';
import { formatCount, type Quantity, sizeQuantity } from '../../studio/page/format.ts';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { DataRuns } from '../runs/DataRuns.tsx';
import { CheckLine, DataCheck } from './DataCheck.tsx';
import { DataOpenModel } from './DataOpenModel.tsx';
import { DataReading } from './DataReading.tsx';
import { DataSource } from './DataSource.tsx';
import type { CorpusSummary } from './dataCommands.ts';
import './data.css';

/** Step 1: which text, and which of its documents are held out. The first page, so it also has the one button. */
export default function DataStep() {
  const error = useStudio((state) => state.steps.data.error);
  const done = useStudio((state) => state.steps.data.result === 'fresh');
  return (
    <StepPage
      title="Data"
      lead="The text that your model learns from. It reads nothing else."
      meaning={MEANING}
      actions={
        done && (
          <div className="action-bar">
            <NextStep after="data" emphasis="quiet" />
            <p className="action-bar-note">Or go through the steps one by one.</p>
          </div>
        )
      }
    >
      <OneClick />
      <DataRuns />
      <DataSummary />
      <DataReading />
      <DataCheck />
      <Section title="Your own text" note="It stays on this device. Documents are separated by blank lines.">
        <ErrorNotice error={error} />
        <DataSource />
      </Section>
      <DataOpenModel />
      <Section title="Held-out text">
        <SettingsForm of="data" />
        <SplitLine />
        <ChangeNote step="data" />
      </Section>
      <Section title="Browse the text">
        <DataDocuments />
      </Section>
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      A language model knows only what it has read. This one starts from nothing, so everything it predicts comes from
      this text.
    </p>
    <p>
      A few whole documents are held out: never trained on, only used to test whether the model learned the language or
      memorised the text. Whole documents are drawn, since neighbouring lines of one poem would give each other away.
    </p>
  </>
);

function OneClick() {
  const busy = useStudio(selectBusy);
  const name = useStudio(({ data }) => textName(data.summary?.isSonnets ?? true, data.summary?.sourceNames ?? []));
  const { trainWithDefaults } = useActions();
  return (
    <Group gap="12px 20px">
      <Button
        size="md"
        variant="filled"
        onClick={trainWithDefaults}
        disabled={busy !== null}
        aria-describedby="one-click-note"
      >
        Train with the defaults
      </Button>
      <Box component="p" id="one-click-note" className="small soft" flex="1 1 28ch" maw="52ch">
        {busy ?? `Runs every step up to Test on ${name}, unattended, in about three minutes on this device.`}
      </Box>
    </Group>
  );
}

function textName(isSonnets: boolean, names: readonly string[]): string {
  if (isSonnets) return 'the sonnets';
  return names.length === 1 ? `“${names[0]}”` : 'your text';
}

const count = (number: number): Quantity => ({ number: formatCount(number), unit: '' });

const FIGURES: readonly (readonly [label: string, of: (summary: CorpusSummary) => Quantity])[] = [
  ['Documents', ({ documents }) => count(documents)],
  ['Lines', ({ samples }) => count(samples)],
  ['Words', ({ words }) => count(words)],
  ['Distinct words', ({ distinctWords }) => count(distinctWords)],
  ['Characters', ({ characters }) => count(characters)],
  ['Size', ({ sizeBytes }) => sizeQuantity(sizeBytes)],
];

/** Which text is loaded, in figures. Their place is kept while it is being read, so that nothing moves when they come. */
function DataSummary() {
  const summary = useStudio((state) => state.data.summary);
  const busy = useStudio((state) => state.steps.data.busy);
  const { loadData } = useActions();
  if (summary === null && !busy) return <Empty>No text is loaded. Choose one below.</Empty>;
  return (
    <section
      className="section"
      aria-label={summary === null ? 'The text that is being read' : 'The loaded text'}
      aria-busy={busy}
    >
      <h2>{summary === null ? 'Reading the text' : sourceTitle(summary)}</h2>
      {summary?.isSonnets === false && (
        <p className="small">
          <button type="button" className="link-button" onClick={() => loadData({ kind: 'sonnets' })}>
            Load the sonnets again
          </button>
        </p>
      )}
      {summary?.notices.map((notice) => (
        <Notice key={notice}>{notice}</Notice>
      ))}
      <Figures label="Counts of the text" width={100}>
        {FIGURES.map(([label, quantity]) => (
          <Figure
            key={label}
            label={label === 'Documents' && summary?.isSonnets ? 'Sonnets' : label}
            {...(summary === null ? { number: '–' } : quantity(summary))}
          />
        ))}
      </Figures>
      <CheckLine />
    </section>
  );
}

function sourceTitle({ sourceNames }: CorpusSummary): string {
  const [first = 'Your text', second] = sourceNames;
  if (second === undefined) return first;
  if (sourceNames.length === 2) return `${first} and ${second}`;
  return `${first} and ${sourceNames.length - 1} more files`;
}

function SplitLine() {
  const summary = useStudio((state) => state.data.summary);
  if (summary === null) return null;
  const { heldOutDocuments, heldOutSamples, trainingDocuments, trainingSamples } = summary;
  return (
    <p className="small soft tabular" role="status">
      {heldOutDocuments === 0
        ? 'Nothing is held out: there will be no held-out loss, and no way to tell learning from memorising.'
        : `${counted(heldOutDocuments, 'document')} (${counted(heldOutSamples, 'line')}) ${heldOutDocuments === 1 ? 'is' : 'are'} held out; ` +
          `${formatCount(trainingDocuments)} (${counted(trainingSamples, 'line')}) ${trainingDocuments === 1 ? 'is' : 'are'} for training.`}
    </p>
  );
}

/** The documents as a reader would see them, the held-out ones marked. */
function DataDocuments() {
  const version = useStudio(({ data }) => (data.summary === null ? null : data.version));
  const isSonnets = useStudio(({ data }) => data.summary?.isSonnets ?? false);
  const noun = isSonnets ? 'sonnets' : 'documents';
  const numberOf = isSonnets ? romanNumeral : formatCount;
  return (
    <Browse command="data.preview" version={version} perPage={6} noun={noun} label={`Search the ${noun}`}>
      {(documents) => (
        <SimpleGrid minColWidth="min(100%, 340px)" spacing={24} verticalSpacing={36}>
          {documents.map(({ index, heldOut, lines, moreLines }) => (
            <Box key={index} component="article" className="document" mod={{ heldOut }}>
              <h3>
                {numberOf(index + 1)}
                {heldOut && <span className="document-mark">held out</span>}
              </h3>
              <Verse lines={lines} moreLines={moreLines} />
            </Box>
          ))}
        </SimpleGrid>
      )}
    </Browse>
  );
}

const NUMERALS = { C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1 };

/** A number as sonnets are numbered. @example romanNumeral(144) === 'CXLIV' */
function romanNumeral(value: number): string {
  let rest = value;
  let written = '';
  for (const [letters, size] of Object.entries(NUMERALS)) {
    written += letters.repeat(Math.floor(rest / size));
    rest %= size;
  }
  return written;
}
