/** The parameters of the benchmark's model, for every engine that is not Folio's own. */
import type { BenchShape } from './shapes.ts';

export interface BenchParameter {
  readonly name: string;
  /** Vectors have one length; the matrix of a dense layer is [out, in]. */
  readonly shape: readonly [number] | readonly [number, number];
  /** `normal`: with a deviation of 0.02. */
  readonly initial: 'normal' | 'ones' | 'zeros';
  /** Whether it is the matrix of a dense layer. */
  readonly isDense: boolean;
}

/** In the order in which values are drawn. */
export function benchParameters({ hiddenSize: h, layers, vocabSize, seqLength }: BenchShape): BenchParameter[] {
  const table = (name: string, rows: number): BenchParameter[] => [
    { name, shape: [rows, h], initial: 'normal', isDense: false },
  ];
  const vector = (name: string, length: number, initial: 'ones' | 'zeros'): BenchParameter => ({
    name,
    shape: [length],
    initial,
    isDense: false,
  });
  const dense = (name: string, input: number, output: number): BenchParameter[] => [
    { name: `${name}.weight`, shape: [output, input], initial: 'normal', isDense: true },
    vector(`${name}.bias`, output, 'zeros'),
  ];
  const norm = (name: string): BenchParameter[] => [
    vector(`${name}.gain`, h, 'ones'),
    vector(`${name}.shift`, h, 'zeros'),
  ];
  const layer = (index: number): BenchParameter[] => [
    ...['query', 'key', 'value', 'attended'].flatMap((name) => dense(`${index}.${name}`, h, h)),
    ...norm(`${index}.middle`),
    ...dense(`${index}.wide`, h, 4 * h),
    ...dense(`${index}.narrow`, 4 * h, h),
    ...norm(`${index}.output`),
  ];
  return [
    ...table('words', vocabSize),
    ...table('places', seqLength),
    ...norm('embedded'),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    ...dense('head', h, h),
    ...norm('headNorm'),
    vector('headBias', vocabSize, 'zeros'),
  ];
}
