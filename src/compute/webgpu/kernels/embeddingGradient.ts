/**
 * Gradients of the word and the position table: each of their rows adds up the gradients of the places that looked it up,
 * which the CPU has listed. No atomics, so the same bits every time.
 */
import { bind, type Dispatch, type Ranges } from '../plan.ts';
import { lines } from './wgsl.ts';

const BINDINGS = {
  dx: 'vec4<f32>', // [N, H]
  wordStarts: 'i32', // [V + 1]
  wordUses: 'i32', // [N]
  placeStarts: 'i32', // [P + 1]
  placeUses: 'i32', // [N]
  words: 'rw vec4<f32>', // [V, H]
  positions: 'rw vec4<f32>', // [P, H]
} as const;

export interface EmbeddingShape {
  /** V. */
  readonly vocabSize: number;
  /** P. */
  readonly positions: number;
  /** H. */
  readonly width: number;
}

/** @param adds to what is in each table; the decoder has left its gradient in a word table that it shares */
export function embeddingGradient(
  shape: EmbeddingShape,
  ranges: Ranges<typeof BINDINGS>,
  adds: { readonly words: boolean; readonly positions: boolean },
): Dispatch {
  const H4 = shape.width / 4;
  // Four at once, since each has to be waited for: first where it is, then for what is there.
  const sumUses = (list: string): string => `
    var i = ${list}Starts[row];
    let end = ${list}Starts[row + 1];
    for (; i + 3 < end; i = i + 4) {
      ${lines(4, (k) => `let use${k} = ${list}Uses[i + ${k}];`)}
      ${lines(4, (k) => `let dx${k} = dx[use${k} * ${H4} + c];`)}
      sum = (((sum + dx0) + dx1) + dx2) + dx3;
    }
    for (; i < end; i = i + 1) { sum = sum + dx[${list}Uses[i] * ${H4} + c]; }`;
  return {
    name: 'embeddingGradient',
    bindings: bind(BINDINGS, ranges),
    threads: (shape.vocabSize + shape.positions) * H4,
    body: `
      let c = index % ${H4};
      if (index < ${shape.vocabSize * H4}) {
        let row = index / ${H4};
        ${adds.words ? 'if (wordStarts[row] == wordStarts[row + 1]) { return; }' : ''}
        var sum = ${adds.words ? 'words[index]' : 'vec4<f32>(0.0)'};
        ${sumUses('word')}
        words[index] = sum;
      } else {
        let row = index / ${H4} - ${shape.vocabSize};
        let at = row * ${H4} + c;
        var sum = ${adds.positions ? 'positions[at]' : 'vec4<f32>(0.0)'};
        ${sumUses('place')}
        positions[at] = sum;
      }`,
  };
}
