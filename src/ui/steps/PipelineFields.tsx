import { useActions, useStudio } from '../../store/useStudio.ts';
import { ConfigNumberField } from '../ConfigNumberField.tsx';
import { ChoiceField, SettingsGroup } from '../design/Field.tsx';
import { WhyDefault } from '../WhyDefault.tsx';

/** The settings of the Pipeline step. */
export function PipelineFields({ lockedReason }: { readonly lockedReason: string | null }) {
  const pipeline = useStudio((state) => state.config.pipeline);
  const { configure } = useActions();
  return (
    <SettingsGroup lockedReason={lockedReason}>
      <ConfigNumberField
        path="pipeline.seqLength"
        label="Tokens in a row"
        term="Sequence length"
        explanation="What the model reads at once. Longer rows show more context and cost more."
        step={8}
      />
      <ConfigNumberField
        path="pipeline.maskingRate"
        label="How often a word is hidden"
        term="Masking rate"
        explanation="0.15 is BERT’s. More gives more to learn from a row, and less to guess from."
        step={0.01}
      />
      <ChoiceField
        label="How lines become rows"
        term="Packing"
        explanation={<WhyDefault path="pipeline.packing" />}
        value={pipeline.packing}
        onChange={(packing) => configure('pipeline', { packing })}
        options={[
          { value: 'packed', label: 'Packed', explanation: 'Documents follow each other; no position is wasted.' },
          { value: 'lines', label: 'One line a row', explanation: 'Padded to the sequence length.' },
        ]}
      />
      <ChoiceField
        label="What a chosen word becomes"
        term="Masking strategy"
        explanation={<WhyDefault path="pipeline.maskingStrategy" />}
        value={pipeline.maskingStrategy}
        onChange={(maskingStrategy) => configure('pipeline', { maskingStrategy })}
        options={[
          { value: 'bert', label: '80 / 10 / 10', explanation: '80% <mask>, 10% a random token, 10% unchanged.' },
          { value: 'noUnchanged', label: '90 / 10', explanation: '90% <mask>, 10% random, none left unchanged.' },
          { value: 'mask', label: 'All <mask>', explanation: 'Every chosen word is hidden.' },
        ]}
      />
      <ChoiceField
        label="What is hidden together"
        term="Masking unit"
        explanation={<WhyDefault path="pipeline.maskingUnit" />}
        value={pipeline.maskingUnit}
        onChange={(maskingUnit) => configure('pipeline', { maskingUnit })}
        options={[
          { value: 'token', label: 'Single tokens', explanation: 'Each piece of a word by itself, as RoBERTa does.' },
          { value: 'word', label: 'Whole words', explanation: 'All pieces of a word: none gives the others away.' },
          { value: 'span', label: 'Spans', explanation: 'One to ten words in a row, as SpanBERT does.' },
        ]}
      />
      <ChoiceField
        label="When words are chosen"
        term="Masking"
        explanation={<WhyDefault path="pipeline.masking" />}
        value={pipeline.masking}
        onChange={(masking) => configure('pipeline', { masking })}
        options={[
          { value: 'dynamic', label: 'Anew every epoch', explanation: 'Dynamic, as RoBERTa does.' },
          { value: 'static', label: 'Once', explanation: 'Static, as the first BERT did.' },
        ]}
      />
      <ChoiceField
        label="What the loss reads"
        term="Loss positions"
        explanation={<WhyDefault path="pipeline.lossPositions" />}
        value={pipeline.lossPositions}
        onChange={(lossPositions) => configure('pipeline', { lossPositions })}
        options={[
          { value: 'masked', label: 'The chosen words', explanation: 'What masked-language models learn from.' },
          {
            value: 'all',
            label: 'Every position',
            explanation: 'Padding too, as the first notebooks did: a lower loss that means less. For comparison.',
          },
        ]}
      />
    </SettingsGroup>
  );
}
