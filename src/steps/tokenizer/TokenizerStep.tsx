import { Tabs } from '@mantine/core';
import { ChangeNote } from '../../app/ChangeNote.tsx';
import { NeededStep } from '../../app/NeededStep.tsx';
import { NextStep } from '../../app/NextStep.tsx';
import { SettingsForm } from '../../app/SettingsForm.tsx';
import { ActionBar } from '../../design/ActionBar.tsx';
import { Empty, ErrorNotice } from '../../design/Notices.tsx';
import { Section, StepPage } from '../../design/StepPage.tsx';
import { firstProblem } from '../../studio/page/limits.ts';
import { selectBlocked, selectBusy, selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { OpenedNotice } from '../data/DataOpenModel.tsx';
import { TokenizerMerges } from './TokenizerMerges.tsx';
import { TokenizerPlayground } from './TokenizerPlayground.tsx';
import { TokenizerProgress } from './TokenizerProgress.tsx';
import { TokenizerResult } from './TokenizerResult.tsx';
import { TokenizerSuggestion } from './TokenizerSuggestion.tsx';
import { TokenizerVocabulary } from './TokenizerVocabulary.tsx';
import '../../design/tabs.css';
import './tokenizer.css';

/** Step 2: train the tokenizer, then look into it. */
export default function TokenizerStep() {
  const error = useStudio((state) => state.steps.tokenizer.error);
  const busy = useStudio((state) => state.steps.tokenizer.busy);
  const locked = useStudio((state) => (state.steps.tokenizer.busy ? null : selectSettingsLocked(state)));
  return (
    <StepPage
      title="Tokenizer"
      lead="Cuts the text into pieces that are frequent enough to learn something about."
      meaning={MEANING}
      actions={<TokenizerActions />}
    >
      <OpenedNotice />
      <SettingsForm of="tokenizer" lockedReason={locked} />
      <TokenizerSuggestion />
      <ChangeNote step="tokenizer" />
      {busy && <TokenizerProgress />}
      <ErrorNotice error={error} />
      <TokenizerResult />
      <TokenizerViews />
    </StepPage>
  );
}

const MEANING = (
  <>
    <p>
      A model reads numbers, not letters. The tokenizer starts from the 256 bytes and joins the pair that stands side by
      side most often, then the next, until the vocabulary is full (byte-level BPE).
    </p>
    <p>
      Frequent words end up as one token, rare ones as several, and nothing is ever unknown, since every text is made of
      bytes. It trains on the training share only.
    </p>
  </>
);

function TokenizerActions() {
  const reason = useStudio(
    (state) =>
      selectBlocked(state, 'tokenizer') ?? selectBusy(state) ?? firstProblem(state.config, ['data', 'tokenizer']),
  );
  const result = useStudio((state) => state.steps.tokenizer.result);
  const { trainTokenizer } = useActions();
  return (
    <ActionBar
      label="Train tokenizer"
      onClick={trainTokenizer}
      disabledReason={reason}
      emphasis={result === 'fresh' ? 'quiet' : 'accent'}
      {...(result === 'stale' && { note: 'Settings or the text changed since: train it again.' })}
    >
      <NeededStep before="tokenizer" />
      {result === 'fresh' && <NextStep after="tokenizer" />}
    </ActionBar>
  );
}

function TokenizerViews() {
  const version = useStudio((state) => (state.tokenizer.summary === null ? null : state.tokenizer.version));
  if (version === null) {
    return <Empty>Once it is trained, its vocabulary, its merges and a place to try it are here.</Empty>;
  }
  return (
    <Section title="Look into it">
      <Tabs defaultValue="playground" keepMounted={false}>
        <Tabs.List aria-label="Views of the tokenizer">
          <Tabs.Tab value="playground">Playground</Tabs.Tab>
          <Tabs.Tab value="vocabulary">Vocabulary</Tabs.Tab>
          <Tabs.Tab value="merges">Merges</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="playground" className="tokenizer-panel">
          <TokenizerPlayground version={version} />
        </Tabs.Panel>
        <Tabs.Panel value="vocabulary" className="tokenizer-panel">
          <TokenizerVocabulary version={version} />
        </Tabs.Panel>
        <Tabs.Panel value="merges" className="tokenizer-panel">
          <TokenizerMerges version={version} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  );
}
