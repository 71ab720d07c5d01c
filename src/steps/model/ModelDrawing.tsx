import type { ModelConfig } from '../../core/config.ts';
import { formatCount } from '../../studio/page/format.ts';
import { modelParts } from './modelEstimate.ts';

interface ModelDrawingProps {
  readonly model: ModelConfig;
  readonly vocabSize: number;
  readonly seqLength: number;
}

/** Middle and greatest width of what is drawn, in units of the picture. */
const MIDDLE = 92;
const WIDEST = 168;
const TEXT_X = 196;
const RIGHT = 420;
const MOST_HEADS = 16;

/** The architecture with its real sizes: the wider a bar, the more numbers stand side by side (square root of them). */
export function ModelDrawing({ model, vocabSize, seqLength }: ModelDrawingProps) {
  const { hiddenSize: H, intermediateSize: F, numHiddenLayers: L, numAttentionHeads: A } = model;
  const parts = modelParts(model, vocabSize);
  const greatest = Math.max(H, F, vocabSize);
  const width = (size: number): number => Math.max(6, WIDEST * Math.sqrt(size / greatest));
  const count = formatCount;
  const description =
    `${count(seqLength)} token ids go through embeddings of ${count(H)} numbers, ${L} layers with ${A} attention heads of ` +
    `${count(H / A)} and a feed-forward part of ${count(F)}, and a head that scores ${count(vocabSize)} tokens.`;
  return (
    <svg className="model-drawing" viewBox={`0 0 ${RIGHT} 388`} role="img" aria-label={description}>
      <Caption y={11} title="Token ids" detail={`${count(seqLength)} a row`} />
      <Bar y={1} width={width(H) * 0.5} kind="ids" />
      <Flow from={15} to={38} />
      <Bar y={38} height={34} width={width(H)} kind="embedding" />
      <Caption
        y={52}
        title="Embeddings"
        detail={`${count(vocabSize)} words + ${count(model.maxPositionEmbeddings)} places, of ${count(H)}`}
        parameters={parts.embeddings}
      />
      <Flow from={72} to={104} />
      <rect className="model-plate" x={0.5} y={92.5} width={RIGHT - 1} height={174} rx={3} />
      <text className="model-times" x={RIGHT - 10} y={112} textAnchor="end">
        × {L}
      </text>
      <Heads heads={A} width={width(H)} y={104} />
      <Caption
        y={122}
        title="Attention"
        detail={`${A} ${A === 1 ? 'head' : 'heads'} of ${count(H / A)}`}
        parameters={parts.attention}
      />
      <Flow from={138} to={172} />
      <Norm y={155} width={width(H)} />
      <Funnel y={172} top={width(H)} bottom={width(F)} />
      <Funnel y={198} top={width(F)} bottom={width(H)} />
      <Caption
        y={192}
        title="Feed-forward"
        detail={`${count(H)} → ${count(F)} → ${count(H)}, GELU`}
        parameters={parts.feedForward}
      />
      <Flow from={224} to={290} />
      <Norm y={241} width={width(H)} />
      <Bar y={290} height={14} width={width(H)} kind="dense" />
      <Funnel y={310} top={width(H)} bottom={width(vocabSize)} />
      <Caption
        y={302}
        title="Masked-LM head"
        detail={`${count(H)} → ${count(vocabSize)}, tied to the embeddings`}
        parameters={parts.head}
      />
      <Flow from={336} to={354} />
      <Bar y={354} width={width(vocabSize)} kind="output" />
      <Caption y={362} title="A probability for each token" detail={`${count(vocabSize)} at every masked position`} />
    </svg>
  );
}

interface CaptionProps {
  readonly y: number;
  readonly title: string;
  readonly detail: string;
  readonly parameters?: number;
}

function Caption({ y, title, detail, parameters }: CaptionProps) {
  return (
    <g>
      <text className="model-title" x={TEXT_X} y={y}>
        {title}
        {parameters !== undefined && <tspan className="model-count"> {formatCount(parameters)}</tspan>}
      </text>
      <text className="model-detail" x={TEXT_X} y={y + 15}>
        {detail}
      </text>
    </g>
  );
}

function Bar({
  y,
  width,
  kind,
  height = 14,
}: {
  readonly y: number;
  readonly width: number;
  readonly kind: string;
  readonly height?: number;
}) {
  return <rect className={`model-bar model-${kind}`} x={MIDDLE - width / 2} y={y} width={width} height={height} />;
}

function Flow({ from, to }: { readonly from: number; readonly to: number }) {
  return <line className="model-flow" x1={MIDDLE} x2={MIDDLE} y1={from} y2={to} />;
}

/** Residual and LayerNorm: as wide as the hidden size, one line thin. */
function Norm({ y, width }: { readonly y: number; readonly width: number }) {
  return <line className="model-norm" x1={MIDDLE - width / 2} x2={MIDDLE + width / 2} y1={y} y2={y} />;
}

function Funnel({ y, top, bottom }: { readonly y: number; readonly top: number; readonly bottom: number }) {
  const corners = [
    [MIDDLE - top / 2, y],
    [MIDDLE + top / 2, y],
    [MIDDLE + bottom / 2, y + 26],
    [MIDDLE - bottom / 2, y + 26],
  ];
  return <polygon className="model-bar model-dense" points={corners.map((corner) => corner.join()).join(' ')} />;
}

function Heads({ heads, width, y }: { readonly heads: number; readonly width: number; readonly y: number }) {
  const drawn = Math.min(MOST_HEADS, Math.max(1, Math.round(heads)));
  const each = width / drawn;
  return Array.from({ length: drawn }, (_, head) => {
    const x = MIDDLE - width / 2 + head * each;
    return <rect key={x} className="model-bar model-head" x={x} y={y} width={Math.max(1, each - 1.5)} height={34} />;
  });
}
