/**
 * An ONNX file of RoBERTa with its masked-LM head, opset 17, IR 8: input_ids and attention_mask, int64 [batch, sequence], to
 * logits. Its size is known before a weight is read, so that it can be written while weights come in.
 *
 * Source: onnx.proto, github.com/onnx/onnx. Checked with `onnx.checker` and run by onnxruntime in the tests.
 */
import { concatenate } from '../../core/bytes.ts';
import type { ModelConfig } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { networkOf } from '../../model/parameters.ts';
import type { WeightsFile } from '../bundleEntry.ts';
import type { OnnxPrecision } from '../exportOptions.ts';
import { bytesField, type Field, fieldStart, intField, messageField, textField } from '../protobuf.ts';
import { addNetwork, createGraphWriter, DATA_TYPE } from './nodes.ts';
import { constantField, storeParameter } from './weights.ts';

/** A message of protocol buffers is below 2 GiB. */
const LARGEST_BYTES = 2 ** 31 - 1;

const IR_VERSION = 8;
const OPSET = 17;

/**
 * @param padId id of `<pad>` in the files
 * @throws StudioError `modelTooLarge` if it is beyond what the format can hold
 */
export function onnxFile(model: ModelConfig, vocabSize: number, padId: number, precision: OnnxPrecision): WeightsFile {
  const graph = createGraphWriter();
  const network = networkOf(model, vocabSize);
  const parameters = network.parameters.map((parameter) => storeParameter(graph, parameter, precision));
  addNetwork(graph, network, padId);
  const constants = [...graph.constants.values()].map(({ name, dims, values }) => constantField(name, dims, values));
  const before = concatenate([
    ...graph.nodes.map((node) => bytesField(1, node)),
    textField(2, 'roberta'),
    ...constants,
  ]);
  const after = concatenate([
    valueField(11, 'input_ids', DATA_TYPE.int64, ['batch', 'sequence']),
    valueField(11, 'attention_mask', DATA_TYPE.int64, ['batch', 'sequence']),
    valueField(12, 'logits', DATA_TYPE.float, ['batch', 'sequence', vocabSize]),
  ]);
  const weightBytes = parameters
    .flatMap(({ initializers }) => initializers)
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const graphBytes = before.length + weightBytes + after.length;
  const head = concatenate([
    intField(1, IR_VERSION),
    textField(2, 'folio'),
    messageField(8, [textField(1, ''), intField(2, OPSET)]),
    fieldStart(7, graphBytes),
  ]);
  const sizeBytes = head.length + graphBytes;
  if (sizeBytes > LARGEST_BYTES) {
    const details = { sizeBytes, maximumBytes: LARGEST_BYTES, device: 'an ONNX file' };
    throw new StudioError('modelTooLarge', `${sizeBytes} bytes of ONNX`, details);
  }
  return {
    sizeBytes,
    chunks: async function* (read) {
      yield head;
      yield before;
      for (const { name, initializers } of parameters) {
        const values = await read(name);
        for (const { start, bytes } of initializers) {
          yield start;
          yield* bytes(values);
        }
      }
      yield after;
    },
  };
}

/** Source: onnx.proto, `ValueInfoProto`, `TypeProto`, `TensorShapeProto`: a dimension is a number or has a name. */
function valueField(number: number, name: string, dataType: number, dims: readonly (number | string)[]): Field {
  const shape = dims.map((dim) => messageField(1, [typeof dim === 'number' ? intField(1, dim) : textField(2, dim)]));
  return messageField(number, [
    textField(1, name),
    messageField(2, [messageField(1, [intField(1, dataType), messageField(2, shape)])]),
  ]);
}
