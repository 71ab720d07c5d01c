/**
 * Attention for graphics cards: a workgroup does some queries of one head, whose scores it keeps in its shared memory, so that
 * threads next to each other read and write numbers next to each other.
 */
import { type AttentionShape, type AttentionStyle, MASKED_SCORE, placesWgsl, sizesOf } from './attentionShape.ts';
import { joinLanes, lines } from './wgsl.ts';

const WORKGROUP_SIZE = 64;
/** Numbers of shared memory that scores and the workgroup's own rows may take; every device has 4,096. */
const MEMORY = 2700;

/** Rows that a workgroup does, a divisor of T: what it loads serves all of them. */
function sharedRows(shape: AttentionShape, held: number): number {
  const { columns } = shape;
  const heldLength = held * 4 * sizesOf(shape).D4;
  const fits = (rows: number): boolean => columns % rows === 0 && rows * (columns + heldLength) <= MEMORY;
  return [8, 4, 2].find(fits) ?? 1;
}

interface Group extends ReturnType<typeof sizesOf> {
  readonly rows: number;
}

/** @param held rows of [N, H] that are kept in shared memory for each row */
function groupOf(shape: AttentionShape, held: number): Group {
  return { ...sizesOf(shape), rows: sharedRows(shape, held) };
}

/** Runs statements for each row `r` and vector `d` of the workgroup's rows, shared out among the threads. */
function eachVector({ rows, D4 }: Group, statements: string): string {
  return `for (var item = lane; item < ${rows * D4}; item = item + ${WORKGROUP_SIZE}) {
    let r = item / ${D4};
    let d = item % ${D4};
    ${statements}
  }`;
}

function threadsOf({ batch, heads, columns }: AttentionShape, rows: number): number {
  return ((batch * heads * columns) / rows) * WORKGROUP_SIZE;
}

/**
 * Statements for all keys (or values) j, shared out among the threads, with the products of the workgroup's rows, `own`, and
 * the key in `dot0`, `dot1`, …
 */
function eachKey({ T, D4, H4, rows }: Group, third: 1 | 2, own: string, statements: string): string {
  return `for (var j = lane; j < ${T}; j = j + ${WORKGROUP_SIZE}) {
    let keyAt = (base + j) * ${3 * H4} + ${third * H4} + part;
    ${lines(rows, (r) => `var dot${r} = 0.0;`)}
    for (var d = 0; d < ${D4}; d = d + 1) {
      let key = qkv[keyAt + d];
      ${lines(rows, (r) => `dot${r} = dot${r} + dot(${own}[${r * D4} + d], key);`)}
    }
    ${statements}
  }`;
}

/** Sums of all keys (or values), weighted by each row's scores, into vector `d` of row `r` of `to`. */
function weighted(sizes: Group, third: 1 | 2, to: string): string {
  const { T, H4 } = sizes;
  return eachVector(
    sizes,
    `var sum = vec4<f32>(0.0);
    for (var j = 0; j < ${T}; j = j + 1) {
      sum = sum + scores[r * ${T} + j] * qkv[(base + j) * ${3 * H4} + ${third * H4} + part + d];
    }
    ${to} = sum;`,
  );
}

const forward: AttentionStyle['forward'] = (shape) => {
  const sizes = groupOf(shape, 1);
  const { T, D4, H4, rows, scale } = sizes;
  return {
    declarations: `
      var<workgroup> queries : array<vec4<f32>, ${rows * D4}>;
      var<workgroup> scores : array<f32, ${rows * T}>;
      ${joinLanes(WORKGROUP_SIZE)}`,
    threads: threadsOf(shape, rows),
    workgroupSize: WORKGROUP_SIZE,
    body: `
      ${placesWgsl(shape, 'group', rows)}
      ${eachVector(sizes, `queries[item] = qkv[(base + first + r) * ${3 * H4} + part + d];`)}
      workgroupBarrier();
      ${lines(rows, (r) => `var highest${r} = ${MASKED_SCORE};`)}
      ${eachKey(
        sizes,
        1,
        'queries',
        `let bias = select(${MASKED_SCORE}, 0.0, attended[base + j] != 0);
        ${lines(
          rows,
          (r) => `
          let score${r} = dot${r} * ${scale} + bias;
          scores[${r * T} + j] = score${r};
          highest${r} = max(highest${r}, score${r});`,
        )}`,
      )}
      ${lines(rows, (r) => `highest${r} = maxOver(highest${r}, lane);`)}
      ${lines(rows, (r) => `var sum${r} = 0.0;`)}
      for (var j = lane; j < ${T}; j = j + ${WORKGROUP_SIZE}) {
        ${lines(
          rows,
          (r) => `
          let share${r} = exp(scores[${r * T} + j] - highest${r});
          scores[${r * T} + j] = share${r};
          sum${r} = sum${r} + share${r};`,
        )}
      }
      ${lines(rows, (r) => `sum${r} = sumOver(sum${r}, lane);`)}
      let row = (head * ${T} + first) * ${T};
      for (var j = lane; j < ${T}; j = j + ${WORKGROUP_SIZE}) {
        ${lines(
          rows,
          (r) => `
          let p${r} = scores[${r * T} + j] / sum${r};
          probabilities[row + ${r * T} + j] = p${r};
          scores[${r * T} + j] = p${r} * keep1(row + ${r * T} + j);`,
        )}
      }
      workgroupBarrier();
      ${weighted(sizes, 2, `context[(base + first + r) * ${H4} + part + d]`)}`,
  };
};

const scoreGradient: AttentionStyle['scoreGradient'] = (shape, drops) => {
  const sizes = groupOf(shape, 2);
  const { T, D4, H4, rows, scale } = sizes;
  return {
    declarations: `
      var<workgroup> gradients : array<vec4<f32>, ${rows * D4}>;
      var<workgroup> outputs : array<vec4<f32>, ${rows * D4}>;
      var<workgroup> scores : array<f32, ${rows * T}>;`,
    threads: threadsOf(shape, rows),
    workgroupSize: WORKGROUP_SIZE,
    body: `
      ${placesWgsl(shape, 'group', rows)}
      ${eachVector(
        sizes,
        `gradients[item] = dContext[(base + first + r) * ${H4} + part + d];
        outputs[item] = context[(base + first + r) * ${H4} + part + d];`,
      )}
      workgroupBarrier();
      ${lines(rows, (r) => `var mean${r} = 0.0;`)}
      for (var d = 0; d < ${D4}; d = d + 1) {
        ${lines(rows, (r) => `mean${r} = mean${r} + dot(gradients[${r * D4} + d], outputs[${r * D4} + d]);`)}
      }
      let row = (head * ${T} + first) * ${T};
      ${eachKey(
        sizes,
        2,
        'gradients',
        lines(
          rows,
          (r) => `
          let p${r} = probabilities[row + ${r * T} + j];
          let kept${r} = keep1(row + ${r * T} + j);
          let ds${r} = p${r} * (dot${r} * kept${r} - mean${r}) * ${scale};
          ${drops ? `probabilities[row + ${r * T} + j] = p${r} * kept${r};` : ''}
          dScores[row + ${r * T} + j] = ds${r};
          scores[${r * T} + j] = ds${r};`,
        ),
      )}
      workgroupBarrier();
      ${weighted(sizes, 1, `dQkv[(base + first + r) * ${3 * H4} + part + d]`)}`,
  };
};

/** Keys that one thread does. */
function keysOf({ columns }: AttentionShape): number {
  return columns % 4 === 0 ? 4 : 1;
}

/** A thread does one vector of some keys and of their values. */
const keyGradient: AttentionStyle['keyGradient'] = (shape) => {
  const { T, D4, H4 } = sizesOf(shape);
  const keys = keysOf(shape);
  const lane = (name: string, key: number): string => (keys === 4 ? `${name}.${'xyzw'[key]}` : name);
  return {
    scores: keys === 4 ? 'vec4<f32>' : 'f32',
    threads: (shape.batch * shape.heads * T * D4) / keys,
    workgroupSize: WORKGROUP_SIZE,
    body: `
      let d = index % ${D4};
      let first = index / ${D4} % ${T / keys};
      let head = index / ${(D4 * T) / keys};
      let base = head / ${shape.heads} * ${T};
      let at = head % ${shape.heads} * ${D4} + d;
      ${lines(keys, (key) => `var dk${key} = vec4<f32>(0.0); var dv${key} = vec4<f32>(0.0);`)}
      for (var i = 0; i < ${T}; i = i + 1) {
        let q = qkv[(base + i) * ${3 * H4} + at];
        let g = dContext[(base + i) * ${H4} + at];
        let ds = dScores[(head * ${T} + i) * ${T / keys} + first];
        let p = probabilities[(head * ${T} + i) * ${T / keys} + first];
        ${lines(keys, (key) => `dk${key} = dk${key} + ${lane('ds', key)} * q; dv${key} = dv${key} + ${lane('p', key)} * g;`)}
      }
      ${lines(
        keys,
        (key) => `{
        let to = (base + ${keys} * first + ${key}) * ${3 * H4} + at;
        dQkv[to + ${H4}] = dk${key};
        dQkv[to + ${2 * H4}] = dv${key};
      }`,
      )}`,
  };
};

export const SHARED_ATTENTION: AttentionStyle = { forward, scoreGradient, keyGradient };
