import { lazy, type ReactNode, useState } from 'react';
import { StepBar } from '../../app/stepLinks.tsx';
import { Empty } from '../../design/Notices.tsx';
import { StepPage } from '../../design/StepPage.tsx';
import { TabPanels } from '../../design/TabPanels.tsx';
import { selectBlocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { countMasks } from '../../text/maskedSentence.ts';
import { TestFill, TestSentence } from './TestFill.tsx';
import './TestStep.css';
import { TEST_MEANINGS, type TestTab } from '../../app/meanings.tsx';

const AttentionView = lazy(async () => ({ default: (await import('../inside/AttentionView.tsx')).AttentionView }));
const LayersView = lazy(async () => ({ default: (await import('../inside/LayersView.tsx')).LayersView }));
const SurpriseView = lazy(async () => ({ default: (await import('../inside/SurpriseView.tsx')).SurpriseView }));
const VocabularyView = lazy(async () => ({ default: (await import('../inside/VocabularyView.tsx')).VocabularyView }));
const ScoreView = lazy(async () => ({ default: (await import('./ScoreView.tsx')).ScoreView }));

const VIEWS: Readonly<Record<TestTab, ReactNode>> = {
  'Fill in': <TestFill />,
  Attention: (
    <>
      <TestSentence />
      <AttentionView />
    </>
  ),
  Layers: (
    <>
      <TestSentence />
      <LayersView />
    </>
  ),
  Surprisal: <SurpriseView />,
  Vocabulary: <VocabularyView />,
  'Score a file': <ScoreView />,
};

const TEST_PANEL = { className: 'test-panel' };

/** Step 6: a sentence, words to hide in it, what the model would put there, and a look inside. */
export default function TestStep() {
  const [tab, setTab] = useState<TestTab>('Fill in');
  const text = useStudio((state) => state.test.text);
  const busy = useStudio((state) => state.steps.test.busy);
  const blocked = useStudio((state) => selectBlocked(state, 'test'));
  const { fillMask } = useActions();
  const reason = blocked ?? (countMasks(text) === 0 ? 'Mask a word first: click one below, or type <mask>.' : null);
  const actions = (
    <StepBar
      step="test"
      label="Fill in the masks"
      onClick={() => void fillMask()}
      disabledReason={blocked}
      note={busy ? 'The model is reading.' : (reason ?? 'Or press Ctrl and Enter in the sentence.')}
    />
  );
  return (
    <StepPage
      title="Test"
      lead="Type a sentence, mask words, see the model’s predictions, and look inside the model."
      meaning={TEST_MEANINGS[tab]}
      actions={tab === 'Fill in' && actions}
    >
      {blocked !== null ? (
        <Empty>{blocked}</Empty>
      ) : (
        <TabPanels label="Ways to test" panels={VIEWS} chosen={tab} onChoose={setTab} panel={TEST_PANEL} />
      )}
    </StepPage>
  );
}
