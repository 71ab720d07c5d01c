/** What a person chooses to have in the exported folder. */

/** How the numbers of `model.safetensors` are stored. */
export const WEIGHT_FORMATS = ['float32', 'float16'] as const;
export type WeightFormat = (typeof WEIGHT_FORMATS)[number];

/** The ONNX files, by Transformers.js' names for them, the most exact one first. */
export const ONNX_PRECISIONS = ['fp32', 'fp16', 'q8'] as const;
export type OnnxPrecision = (typeof ONNX_PRECISIONS)[number];

export interface ExportOptions {
  readonly weights: WeightFormat;
  /** ONNX files to write; Transformers.js needs one. */
  readonly onnx: readonly OnnxPrecision[];
  readonly extras: readonly ExtraFile[];
}

/** Files that are written on request: AdamW's moments, and the text itself. */
export const EXTRA_FILES = ['optimizer', 'corpus'] as const;
export type ExtraFile = (typeof EXTRA_FILES)[number];

export const DEFAULT_EXPORT: ExportOptions = { weights: 'float32', onnx: ['fp32'], extras: [] };

/** The chosen ONNX files, each once, the most exact one first. */
export function onnxOf({ onnx }: ExportOptions): OnnxPrecision[] {
  return ONNX_PRECISIONS.filter((precision) => onnx.includes(precision));
}
