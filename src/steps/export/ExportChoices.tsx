import { Box, Checkbox } from '@mantine/core';
import { type Choice, ChoiceField, type FieldWords, fieldWords } from '../../design/Field.tsx';
import type { ExtraFile, OnnxPrecision } from '../../files/exportOptions.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

const WEIGHT_CHOICES: readonly Choice<'float32' | 'float16'>[] = [
  { value: 'float32', label: 'Float32', explanation: 'Bit for bit what was trained.' },
  {
    value: 'float16',
    label: 'Float16',
    explanation: 'Half the size, rounded; fine for inference, less suitable for further training.',
  },
];
const ONNX_CHOICES: readonly Choice<OnnxPrecision>[] = [
  { value: 'fp32', label: 'Float32', explanation: 'Exactly this model; the one that Verify reads.' },
  { value: 'fp16', label: 'Float16', explanation: 'Half the size; probabilities differ in the third digit.' },
  { value: 'q8', label: 'Int8', explanation: 'A quarter of the size; about one top prediction in twenty differs.' },
];
const EXTRA_CHOICES: readonly Choice<ExtraFile>[] = [
  {
    value: 'optimizer',
    label: 'Optimizer state',
    explanation:
      'AdamW’s moments, to continue exactly. Twice the size of the weights; three times where the best ones were kept, since the moments belong to the last step’s weights, which are written too. An opened model has none until it is trained here.',
  },
  {
    value: 'corpus',
    label: 'The text itself',
    explanation:
      'Including the held-out documents. Without it, the folder holds no more of your text than those (as token IDs) and a few sample lines.',
  },
];

/** Which files are written, and how exact their numbers are. */
export function ExportChoices() {
  const { options, writing } = useStudio((state) => state.exportBundle);
  const { weights, onnx, extras } = options;
  const { setExportOptions } = useActions();
  return (
    <fieldset disabled={writing}>
      <div className="fields">
        <ChoiceField
          label="Weight precision"
          value={weights}
          onChange={(chosen) => setExportOptions({ weights: chosen })}
          options={WEIGHT_CHOICES}
        />
        <Several
          label="ONNX files for JavaScript"
          explanation="Transformers.js and onnxruntime run these. Without one, the folder is for Python alone."
          value={onnx}
          onChange={(chosen) => setExportOptions({ onnx: chosen })}
          options={ONNX_CHOICES}
        />
        <Box style={{ gridColumn: '1 / -1' }} maw="var(--measure)">
          <Several
            label="Continue training elsewhere"
            explanation="The folder holds a script for Hugging Face’s Trainer, on one GPU or many."
            value={extras}
            onChange={(chosen) => setExportOptions({ extras: chosen })}
            options={EXTRA_CHOICES}
          />
        </Box>
      </div>
    </fieldset>
  );
}

interface SeveralProps<T> extends FieldWords {
  readonly value: readonly T[];
  readonly onChange: (value: T[]) => void;
  readonly options: readonly Choice<T>[];
}

/** Any of a few: boxes to tick, each with its sentence. */
function Several<T extends string>({ value, onChange, options, ...words }: SeveralProps<T>) {
  return (
    <Checkbox.Group value={[...value]} onChange={(chosen) => onChange(chosen as T[])} {...fieldWords(words)}>
      <div className="choices">
        {options.map(({ value: option, ...own }) => (
          <Checkbox key={option} value={option} {...fieldWords(own)} size="xs" />
        ))}
      </div>
    </Checkbox.Group>
  );
}
