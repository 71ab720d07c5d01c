import type { CSSProperties } from 'react';
import type { ModelConfig } from '../../core/config.ts';
import { counted } from '../../core/counts.ts';
import { formatCount as count } from '../../studio/page/format.ts';
import { modelParts } from './modelEstimate.ts';

interface ModelDrawingProps {
  readonly model: ModelConfig;
  readonly vocabSize: number;
  readonly seqLength: number;
}

/** Middle and greatest width of what is drawn, in units of the picture. */
const MIDDLE = 92;
const WIDEST = 168;
const TEXT_X = 186;
const RIGHT = 420;
const MOST_HEADS = 16;

/** From where to where values flow downwards. */
const FLOWS = [
  [15, 38],
  [72, 104],
  [138, 172],
  [224, 290],
  [336, 354],
] as const;

/** Residual and LayerNorm: as wide as the hidden size, one line thin. */
const NORMS = [155, 241];

/** The architecture with its real sizes: the wider a bar, the more numbers stand side by side (square root of them). */
export function ModelDrawing({ model, vocabSize, seqLength }: ModelDrawingProps) {
  const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L, numAttentionHeads: A } = model;
  const parts = modelParts(model, vocabSize);
  const greatest = Math.max(H, F, vocabSize);
  const width = (size: number): number => Math.max(6, WIDEST * Math.sqrt(size / greatest));
  const [h, f, v] = [H, F, vocabSize].map(width) as [number, number, number];
  const captions: readonly (readonly [y: number, title: string, detail: string, parameters?: number])[] = [
    [11, 'Token IDs', `${count(seqLength)} per sequence`],
    [
      52,
      'Embeddings',
      `(${count(vocabSize)} tokens + ${count(model.maxPositionEmbeddings)} positions) × ${count(H)}`,
      parts.embeddings,
    ],
    [122, 'Attention', `${counted(A, 'head')} of ${count(H / A)}`, parts.attention],
    [192, 'Feed-forward', `${count(H)} → ${count(F)} → ${count(H)}, GELU`, parts.feedForward],
    [302, 'Masked-LM head', `${count(H)} → ${count(vocabSize)}, tied to the embeddings`, parts.head],
    [362, 'A probability for each token', `${count(vocabSize)} at every masked position`],
  ];
  const description =
    `${count(seqLength)} token IDs go through embeddings of ${count(H)} numbers, ${counted(L, 'layer')} with ${counted(A, 'attention head')} of ` +
    `${count(H / A)} and a feed-forward part of ${count(F)}, and a head that scores ${count(vocabSize)} tokens.`;
  return (
    <svg className="model-drawing" viewBox={`0 0 ${RIGHT} 388`} role="img" aria-label={description}>
      {FLOWS.map(([from, to]) => (
        <line key={from} x1={MIDDLE} x2={MIDDLE} y1={from} y2={to} />
      ))}
      <rect className="model-plate" x={0.5} y={92.5} width={RIGHT - 1} height={174} rx={3} />
      <text className="model-times" x={RIGHT - 10} y={112} textAnchor="end">
        × {L}
      </text>
      {NORMS.map((y) => (
        <line key={y} className="model-norm" x1={MIDDLE - h / 2} x2={MIDDLE + h / 2} y1={y} y2={y} />
      ))}
      <Block y={1} height={14} top={h * 0.5} tint="reference" />
      <Block y={38} height={34} top={h} tint="held-out" />
      <Heads heads={A} width={h} y={104} />
      <Block y={172} height={26} top={h} bottom={f} />
      <Block y={198} height={26} top={f} bottom={h} />
      <Block y={290} height={14} top={h} />
      <Block y={310} height={26} top={h} bottom={v} />
      <Block y={354} height={14} top={v} tint="held-out" />
      {captions.map(([y, title, detail, parameters]) => (
        <g key={title}>
          <text className="model-title" x={TEXT_X} y={y}>
            {title}
            {parameters !== undefined && <tspan className="model-count"> {count(parameters)}</tspan>}
          </text>
          <text className="model-detail" x={TEXT_X} y={y + 15}>
            {detail}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface BlockProps {
  readonly y: number;
  readonly height: number;
  readonly top: number;
  /** Width of the lower edge, where it differs. */
  readonly bottom?: number;
  readonly x?: number;
  readonly tint?: 'train' | 'held-out' | 'other' | 'reference';
}

/** A bar, or a funnel from one width to another. */
function Block({ y, height, top, bottom = top, x = MIDDLE, tint = 'train' }: BlockProps) {
  const corners = [x - top / 2, y, x + top / 2, y, x + bottom / 2, y + height, x - bottom / 2, y + height];
  return <polygon style={{ '--tint': `var(--data-${tint})` } as CSSProperties} points={corners.join(' ')} />;
}

function Heads({ heads, width, y }: { readonly heads: number; readonly width: number; readonly y: number }) {
  const drawn = Math.min(MOST_HEADS, Math.max(1, Math.round(heads)));
  const each = width / drawn;
  return Array.from({ length: drawn }, (_, head) => {
    const x = MIDDLE + (head + 0.5) * each - width / 2;
    return <Block key={x} x={x} y={y} height={34} top={Math.max(1, each - 1.5)} tint="other" />;
  });
}
