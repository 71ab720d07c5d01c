import { Tabs } from '@mantine/core';
import { type ComponentType, lazy, Suspense, useState } from 'react';
import { NeededStep } from '../../app/stepLinks.tsx';
import { ActionBar } from '../../design/ActionBar.tsx';
import { Empty } from '../../design/Notices.tsx';
import { StepPage } from '../../design/StepPage.tsx';
import { selectBlocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { countMasks } from '../../text/maskedSentence.ts';
import { TestFill } from './TestFill.tsx';
import { TestSentence } from './TestSentence.tsx';
import '../../design/tabs.css';
import './TestStep.css';
import { TestMeaning, type TestTab } from '../../app/meanings.tsx';

const AttentionView = lazy(async () => ({ default: (await import('../inside/AttentionView.tsx')).AttentionView }));
const LayersView = lazy(async () => ({ default: (await import('../inside/LayersView.tsx')).LayersView }));
const SurpriseView = lazy(async () => ({ default: (await import('../inside/SurpriseView.tsx')).SurpriseView }));
const VocabularyView = lazy(async () => ({ default: (await import('../inside/VocabularyView.tsx')).VocabularyView }));
const ScoreView = lazy(async () => ({ default: (await import('./ScoreView.tsx')).ScoreView }));

const TEST_TABS: readonly { readonly value: TestTab; readonly title: string; readonly View: ComponentType | null }[] = [
  { value: 'fill', title: 'Fill in', View: null },
  { value: 'attention', title: 'Attention', View: AttentionView },
  { value: 'layers', title: 'Layers', View: LayersView },
  { value: 'surprise', title: 'Surprise', View: SurpriseView },
  { value: 'vocabulary', title: 'Vocabulary', View: VocabularyView },
  { value: 'score', title: 'Score a file', View: ScoreView },
];

/** Step 6: a sentence, words to hide in it, what the model would put there, and a look inside. */
export default function TestStep() {
  const [tab, setTab] = useState<TestTab>('fill');
  const text = useStudio((state) => state.test.text);
  const busy = useStudio((state) => state.steps.test.busy);
  const blocked = useStudio((state) => selectBlocked(state, 'test'));
  const { fillMask } = useActions();
  const reason = blocked ?? (countMasks(text) === 0 ? 'Mask a word first: press one below, or type <mask>.' : null);
  const actions = (
    <ActionBar
      label="Fill in the masks"
      onClick={() => void fillMask()}
      disabledReason={blocked}
      note={busy ? 'The model is reading.' : (reason ?? 'Or press Ctrl and Enter in the sentence.')}
    >
      <NeededStep before="test" />
    </ActionBar>
  );
  return (
    <StepPage
      title="Test"
      lead="Type a sentence, mask words, see the model’s predictions, and look inside it."
      meaning={<TestMeaning tab={tab} />}
      actions={tab === 'fill' && actions}
    >
      {blocked !== null ? <Empty>{blocked}</Empty> : <TestTabs tab={tab} onTab={setTab} />}
    </StepPage>
  );
}

/** The views of the step. */
function TestTabs({ tab, onTab }: { readonly tab: TestTab; readonly onTab: (tab: TestTab) => void }) {
  const choose = (value: string | null): void => {
    const chosen = TEST_TABS.find((candidate) => candidate.value === value);
    if (chosen) onTab(chosen.value);
  };
  return (
    <Tabs value={tab} onChange={choose} keepMounted={false}>
      <Tabs.List aria-label="Ways to test">
        {TEST_TABS.map(({ value, title }) => (
          <Tabs.Tab key={value} value={value}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="fill" className="test-panel">
        <TestFill />
      </Tabs.Panel>
      {TEST_TABS.map(
        ({ value, View }) =>
          View && (
            <Tabs.Panel key={value} value={value} className="test-panel">
              <Suspense fallback={null}>
                {(value === 'attention' || value === 'layers') && <TestSentence />}
                <View />
              </Suspense>
            </Tabs.Panel>
          ),
      )}
    </Tabs>
  );
}
