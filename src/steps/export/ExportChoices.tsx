import { Checkbox } from '@mantine/core';
import { ChoiceField, FieldLabel } from '../../design/Field.tsx';
import type { ExtraFile, OnnxPrecision } from '../../files/exportOptions.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';

const ONNX_CHOICES: readonly { readonly value: OnnxPrecision; readonly label: string; readonly explanation: string }[] =
  [
    { value: 'fp32', label: 'Float32', explanation: 'Exactly this model. Verify reads this one.' },
    { value: 'fp16', label: 'Float16', explanation: 'Half the size; probabilities differ in the third digit.' },
    { value: 'q8', label: 'Int8', explanation: 'A quarter of the size; a first guess in twenty or so may differ.' },
  ];

/** Which files are written, and how exact their numbers are. */
export function ExportChoices() {
  const { weights, onnx, extras } = useStudio((state) => state.exportBundle.options);
  const writing = useStudio((state) => state.exportBundle.writing);
  const { setExportOptions } = useActions();
  return (
    <fieldset className="settings-group" disabled={writing}>
      <div className="fields">
        <ChoiceField
          label="How exact the weights are"
          term="safetensors"
          value={weights}
          onChange={(chosen) => setExportOptions({ weights: chosen })}
          options={[
            { value: 'float32', label: 'Float32', explanation: 'Bit for bit what was trained.' },
            {
              value: 'float16',
              label: 'Float16',
              explanation: 'Half the size, rounded; enough to use, less to train on.',
            },
          ]}
        />
        <Checkbox.Group
          className="field"
          value={[...onnx]}
          onChange={(chosen) => setExportOptions({ onnx: chosen as OnnxPrecision[] })}
          label={<FieldLabel label="Files for JavaScript" term="ONNX" />}
          description="Transformers.js and onnxruntime run these. Without one, the folder is for Python alone."
          inputWrapperOrder={['label', 'input', 'description']}
        >
          <div className="choices">
            {ONNX_CHOICES.map(({ value, label, explanation }) => (
              <Checkbox key={value} value={value} label={label} description={explanation} size="xs" />
            ))}
          </div>
        </Checkbox.Group>
        <Checkbox.Group
          className="field export-extras"
          value={[...extras]}
          onChange={(chosen) => setExportOptions({ extras: chosen as ExtraFile[] })}
          label={<FieldLabel label="To go on elsewhere" term="on request" />}
          description="The folder holds a script for Hugging Face’s Trainer, on one GPU or many."
          inputWrapperOrder={['label', 'input', 'description']}
        >
          <div className="choices">
            <Checkbox
              value="optimizer"
              label="AdamW’s moments"
              description="Training goes on without a bump. Twice the size of the weights, three times where the run ended with its best ones: the moments belong to those of the last step, which come along. An opened model has none until it is trained here."
              size="xs"
            />
            <Checkbox
              value="corpus"
              label="The text itself"
              description="With what is held out. Without it, nobody can read your text from the folder."
              size="xs"
            />
          </div>
        </Checkbox.Group>
      </div>
    </fieldset>
  );
}
