/**
 * Attention for software adapters: a thread does some queries (or keys) of one head on its own, whose vectors it keeps in
 * registers.
 */
import { type AttentionShape, type AttentionStyle, MASKED_SCORE, placesWgsl, sizesOf } from './attentionShape.ts';
import { lines } from './wgsl.ts';

const WORKGROUP_SIZE = 4;

/** Rows that one thread does: what it loads serves all of them. A divisor of T. */
function rowsPerThread(shape: AttentionShape): number {
  const wanted = shape.headSize <= 32 ? 4 : 2;
  return [wanted, 2].find((rows) => shape.columns % rows === 0) ?? 1;
}

/** Declares vectors `name<d>` of one row of qkv. @param third 0: query, 1: key, 2: value */
function loadQkv(shape: AttentionShape, name: string, row: string, third: 0 | 1 | 2): string {
  const { D4, H4 } = sizesOf(shape);
  return `let ${name}At = (base + ${row}) * ${3 * H4} + ${third * H4} + part;
    ${lines(D4, (d) => `let ${name}${d} = qkv[${name}At + ${d}];`)}`;
}

/** Declares vectors `name<d>` of one row of a tensor [N, H]. */
function loadRow(shape: AttentionShape, name: string, tensor: string, row: string): string {
  const { D4, H4 } = sizesOf(shape);
  return `let ${name}At = (base + ${row}) * ${H4} + part;
    ${lines(D4, (d) => `let ${name}${d} = ${tensor}[${name}At + ${d}];`)}`;
}

/** Σ a · b over the head. */
function inner(shape: AttentionShape, a: string, b: string): string {
  return Array.from({ length: sizesOf(shape).D4 }, (_, d) => `dot(${a}${d}, ${b}${d})`).join(' + ');
}

export const SINGLE_ATTENTION: AttentionStyle = {
  forward: (shape) => byRows(shape, forwardBody),
  scoreGradient: (shape, drops) => byRows(shape, (_, rows) => scoreGradientBody(shape, rows, drops)),
  keyGradient: (shape) => byRows(shape, keyGradientBody),
};

function byRows(
  shape: AttentionShape,
  body: (shape: AttentionShape, rows: number) => string,
): ReturnType<AttentionStyle['forward']> {
  const rows = rowsPerThread(shape);
  const threads = (shape.batch * shape.heads * shape.columns) / rows;
  return { threads, workgroupSize: WORKGROUP_SIZE, body: body(shape, rows) };
}

/** Scores, with the highest of each row; then their softmax and the context. */
function forwardBody(shape: AttentionShape, rows: number): string {
  const { T, scale } = sizesOf(shape);
  return `
      ${placesWgsl(shape, 'index', rows)}
      ${lines(
        rows,
        (r) => `
        ${loadQkv(shape, `q${r}_`, `first + ${r}`, 0)}
        let row${r} = (head * ${T} + first + ${r}) * ${T};
        var highest${r} = ${MASKED_SCORE};`,
      )}
      for (var j = 0; j < ${T}; j = j + 1) {
        ${loadQkv(shape, 'k', 'j', 1)}
        let bias = select(${MASKED_SCORE}, 0.0, attended[base + j] != 0);
        ${lines(
          rows,
          (r) => `
          let score${r} = (${inner(shape, `q${r}_`, 'k')}) * ${scale} + bias;
          probabilities[row${r} + j] = score${r};
          highest${r} = max(highest${r}, score${r});`,
        )}
      }
      ${softmaxWgsl(shape, rows)}
      ${contextWgsl(shape, rows)}`;
}

/** Scores become exp(score − highest), whose sums are divided out in the next pass. */
function softmaxWgsl(shape: AttentionShape, rows: number): string {
  const { T, D4 } = sizesOf(shape);
  return `
      ${lines(
        rows,
        (r) => `
        var sum${r} = 0.0;
        for (var j = 0; j < ${T}; j = j + 1) {
          let share = exp(probabilities[row${r} + j] - highest${r});
          probabilities[row${r} + j] = share;
          sum${r} = sum${r} + share;
        }
        let scale${r} = 1.0 / sum${r};
        ${lines(D4, (d) => `var c${r}_${d} = vec4<f32>(0.0);`)}`,
      )}`;
}

/** Probabilities, and Σ probability · value of those that dropout keeps. */
function contextWgsl(shape: AttentionShape, rows: number): string {
  const { T, D4, H4 } = sizesOf(shape);
  return `
      for (var j = 0; j < ${T}; j = j + 1) {
        ${loadQkv(shape, 'v', 'j', 2)}
        ${lines(
          rows,
          (r) => `
          let p${r} = probabilities[row${r} + j] * scale${r};
          probabilities[row${r} + j] = p${r};
          let kept${r} = p${r} * keep1(row${r} + j);
          ${lines(D4, (d) => `c${r}_${d} = c${r}_${d} + kept${r} * v${d};`)}`,
        )}
      }
      ${lines(rows, (r) => lines(D4, (d) => `context[(base + first + ${r}) * ${H4} + part + ${d}] = c${r}_${d};`))}`;
}

/** For each query: gradients of its scores, and Σ dScore · key. */
function scoreGradientBody(shape: AttentionShape, rows: number, drops: boolean): string {
  const { T, D4, H4, scale } = sizesOf(shape);
  return `
      ${placesWgsl(shape, 'index', rows)}
      ${lines(
        rows,
        (r) => `
        ${loadRow(shape, `g${r}_`, 'dContext', `first + ${r}`)}
        ${loadRow(shape, `o${r}_`, 'context', `first + ${r}`)}
        let row${r} = (head * ${T} + first + ${r}) * ${T};
        let mean${r} = ${inner(shape, `g${r}_`, `o${r}_`)};
        ${lines(D4, (d) => `var dq${r}_${d} = vec4<f32>(0.0);`)}`,
      )}
      for (var j = 0; j < ${T}; j = j + 1) {
        ${loadQkv(shape, 'k', 'j', 1)}
        ${loadQkv(shape, 'v', 'j', 2)}
        ${lines(
          rows,
          (r) => `
          let p${r} = probabilities[row${r} + j];
          let kept${r} = keep1(row${r} + j);
          let dp${r} = (${inner(shape, `g${r}_`, 'v')}) * kept${r};
          let ds${r} = p${r} * (dp${r} - mean${r}) * ${scale};
          ${drops ? `probabilities[row${r} + j] = p${r} * kept${r};` : ''}
          dScores[row${r} + j] = ds${r};
          ${lines(D4, (d) => `dq${r}_${d} = dq${r}_${d} + ds${r} * k${d};`)}`,
        )}
      }
      ${lines(rows, (r) => lines(D4, (d) => `dQkv[(base + first + ${r}) * ${3 * H4} + part + ${d}] = dq${r}_${d};`))}`;
}

/** For each key: Σ dScore · query and Σ probability · dContext. */
function keyGradientBody(shape: AttentionShape, rows: number): string {
  const { T, D4, H4 } = sizesOf(shape);
  return `
      ${placesWgsl(shape, 'index', rows)}
      ${lines(rows, (r) =>
        lines(
          D4,
          (d) => `
        var dk${r}_${d} = vec4<f32>(0.0);
        var dv${r}_${d} = vec4<f32>(0.0);`,
        ),
      )}
      for (var i = 0; i < ${T}; i = i + 1) {
        ${loadQkv(shape, 'q', 'i', 0)}
        ${loadRow(shape, 'g', 'dContext', 'i')}
        let row = (head * ${T} + i) * ${T} + first;
        ${lines(
          rows,
          (r) => `
          let ds${r} = dScores[row + ${r}];
          let p${r} = probabilities[row + ${r}];
          ${lines(
            D4,
            (d) => `
            dk${r}_${d} = dk${r}_${d} + ds${r} * q${d};
            dv${r}_${d} = dv${r}_${d} + p${r} * g${d};`,
          )}`,
        )}
      }
      ${lines(rows, (r) =>
        lines(
          D4,
          (d) => `
        dQkv[(base + first + ${r}) * ${3 * H4} + ${H4} + part + ${d}] = dk${r}_${d};
        dQkv[(base + first + ${r}) * ${3 * H4} + ${2 * H4} + part + ${d}] = dv${r}_${d};`,
        ),
      )}`;
}
