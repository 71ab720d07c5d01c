import { Box, Checkbox } from '@mantine/core';
import { ChoiceField, type FieldWords, type Options, optionsOf } from '../../design/Field.tsx';
import type { ExtraFile, OnnxPrecision, WeightFormat } from '../../files/exportOptions.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

const WEIGHT_CHOICES: Options<WeightFormat> = {
  float32: ['Float32', 'Bit for bit what was trained.'],
  float16: ['Float16', 'Half the size, rounded; fine for inference, less suitable for further training.'],
};
const ONNX_CHOICES: Options<OnnxPrecision> = {
  fp32: ['Float32', 'Exactly this model; the file that Verify reads.'],
  fp16: ['Float16', 'Half the size; probabilities differ in the third digit.'],
  q8: ['Int8', 'A quarter of the size; about one top prediction in twenty differs.'],
};
const EXTRA_CHOICES: Options<ExtraFile> = {
  optimizer: [
    'Optimizer state',
    'AdamW’s moments, to continue exactly. Twice the size of the weights; three times if the best weights were kept, since the moments belong to the last step’s weights, which are written too. An opened model has none until it is trained here.',
  ],
  corpus: [
    'The text itself',
    'Including the held-out documents. Otherwise only those (as token IDs) and a few sample lines of your text are in the folder.',
  ],
};

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
          description="Transformers.js and onnxruntime run these. Without one, the folder is for Python only."
          value={onnx}
          onChange={(chosen) => setExportOptions({ onnx: chosen })}
          options={ONNX_CHOICES}
        />
        <Box style={{ gridColumn: '1 / -1' }} maw="var(--measure)">
          <Several
            label="Continue training elsewhere"
            description="The folder contains a script for Hugging Face’s Trainer, on one GPU or many."
            value={extras}
            onChange={(chosen) => setExportOptions({ extras: chosen })}
            options={EXTRA_CHOICES}
          />
        </Box>
      </div>
    </fieldset>
  );
}

interface SeveralProps<T extends string> extends FieldWords {
  readonly value: readonly T[];
  readonly onChange: (value: T[]) => void;
  readonly options: Options<T>;
}

/** Any of a few: boxes to tick, each with its sentence. */
function Several<T extends string>({ value, onChange, options, ...words }: SeveralProps<T>) {
  return (
    <Checkbox.Group value={[...value]} onChange={(chosen) => onChange(chosen as T[])} {...words}>
      <div className="choices">
        {optionsOf(options).map((option) => (
          <Checkbox key={option.value} {...option} />
        ))}
      </div>
    </Checkbox.Group>
  );
}
