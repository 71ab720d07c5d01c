/** The parts of `tokenizer.json` around its vocabulary: what is done to a text before it is cut, how, and what is put around it. */
import { SPECIAL_TOKENS } from '../core/config.ts';
import type { Normalizer } from '../text/tokenizer/normalizers.ts';
import { refuser, shorten, shown } from './refusals.ts';

export const TOKENIZER_NAME = 'tokenizer.json';

const refuse = refuser('bundleTokenizer', TOKENIZER_NAME);

type Part = Readonly<Record<string, unknown>>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of a list of parts, at any depth. @param key under which a Sequence has them */
function flatten(field: string, key: string, value: unknown, depth = 0): Part[] {
  if (value === undefined || value === null) return [];
  if (!isPart(value) || depth > 8) throw refuse(field, `is ${shown(value)}, but Folio expects a JSON object`);
  if (value['type'] !== 'Sequence') return [value];
  const inner = value[key];
  if (!Array.isArray(inner)) throw refuse(`${field}.${key}`, 'is not a list');
  return inner.flatMap((part) => flatten(field, key, part, depth + 1));
}

const typeOf = (part: Part): string => shorten(String(part['type']), 40);

/** The name alone says what these do. */
const PLAIN = ['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents'] as const;
const isPlain = (type: unknown): type is (typeof PLAIN)[number] => (PLAIN as readonly unknown[]).includes(type);

function readNormalizer(part: Part): Normalizer {
  const { type, pattern, content } = part;
  if (isPlain(type)) return { type };
  if (type === 'Strip') return { type, left: part['strip_left'] !== false, right: part['strip_right'] !== false };
  const wanted = isPart(pattern) ? pattern['String'] : null;
  if (type === 'Replace' && typeof wanted === 'string' && typeof content === 'string') {
    return { type, pattern: wanted, content };
  }
  if (type === 'Prepend' && typeof part['prepend'] === 'string') return { type, content: part['prepend'] };
  const reason = `is ${typeOf(part)}${type === 'Replace' ? ' with a regular expression' : ''}, which Folio can’t apply; it supports ${PLAIN.join(', ')}, Strip, Replace and Prepend`;
  throw refuse('normalizer', reason);
}

/** @throws StudioError `bundleTokenizer` for one that Folio does not apply, by its name */
export function readNormalizers(value: unknown): Normalizer[] {
  return flatten('normalizer', 'normalizers', value).map(readNormalizer);
}

/** GPT-2's words, which ByteLevel cuts itself unless it is told not to. */
const GPT2_PATTERN = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

function isGpt2Split({ type, pattern, behavior, invert }: Part): boolean {
  const regex = isPart(pattern) ? pattern['Regex'] : null;
  return type === 'Split' && regex === GPT2_PATTERN && behavior === 'Isolated' && invert !== true;
}

const preTokenizerName = (part: Part): string =>
  part['use_regex'] === false ? `${typeOf(part)} without its split pattern (use_regex false)` : typeOf(part);

/**
 * The byte-level words of GPT-2, said in one part or in two.
 * @returns whether a space is put before a text
 * @throws StudioError `bundleTokenizer` for other words
 */
export function readPreTokenizer(value: unknown): boolean {
  const parts = flatten('pre_tokenizer', 'pretokenizers', value);
  const [first, second] = parts;
  if (first === undefined) throw refuse('pre_tokenizer', 'is missing; Folio expects ByteLevel');
  if (parts.length === 1 && first['type'] === 'ByteLevel' && first['use_regex'] !== false) {
    return first['add_prefix_space'] !== false;
  }
  const isInTwo = parts.length === 2 && isGpt2Split(first) && second?.['type'] === 'ByteLevel';
  if (isInTwo && second?.['use_regex'] === false && second['add_prefix_space'] === false) return false;
  throw refuse(
    'pre_tokenizer',
    `is ${parts.map(preTokenizerName).join(' and ')}, but Folio expects ByteLevel with GPT-2’s split pattern`,
  );
}

const [BOS, , EOS] = SPECIAL_TOKENS;

/** One piece of a template: a special token by its name, or A for the text, each of the first token type. */
function pieceOf(piece: unknown): string | null {
  if (!isPart(piece)) return null;
  const [kind, inner] = Object.entries(piece)[0] ?? [];
  if (!isPart(inner) || (inner['type_id'] ?? 0) !== 0) return null;
  return kind === 'Sequence' && inner['id'] === 'A' ? 'A' : kind === 'SpecialToken' ? String(inner['id']) : null;
}

const nameIn = (pair: unknown): string => String(Array.isArray(pair) ? pair[0] : pair);

/** A piece as a sentence can hold it, with the token type where it is not the first. */
function pieceShown(piece: unknown): string {
  const [kind, inner] = isPart(piece) ? (Object.entries(piece)[0] ?? []) : [];
  if (!isPart(inner)) return shown(piece);
  const type = inner['type_id'] ? ` (type ${shown(inner['type_id'])})` : '';
  return `${kind === 'Sequence' ? 'text' : String(inner['id'])}${type}`;
}

/** Whether the ids that a template gives its tokens are those of the vocabulary. */
function hasIdsOf({ special_tokens: tokens }: Part, idOf: (token: string) => number): boolean {
  const idsOf = (token: string): unknown =>
    isPart(tokens) && isPart(tokens[token]) ? tokens[token]['ids'] : [idOf(token)];
  return [BOS, EOS].every((token) => JSON.stringify(idsOf(token)) === JSON.stringify([idOf(token)]));
}

/** What is put around one text: `<s>` and `</s>` as they should be, the same with ids of other tokens, or nothing. */
export type Frame = 'right' | 'otherIds' | 'nothing';

/**
 * @param idOf ids of tokens in the file
 * @throws StudioError `bundleTokenizer` where something else is put around a text
 */
export function readPostProcessor(value: unknown, idOf: (token: string) => number): Frame {
  // ByteLevel moves offsets alone.
  const parts = flatten('post_processor', 'processors', value).filter(({ type }) => type !== 'ByteLevel');
  const [part] = parts;
  if (part === undefined) return 'nothing';
  const { type, sep, cls, single } = part;
  const other = (what: string) =>
    refuse('post_processor', `turns a text into “${what}”, but Folio expects “<s> text </s>”, all of token type 0`);
  if (parts.length === 1 && (type === 'RobertaProcessing' || type === 'BertProcessing')) {
    if (!Array.isArray(sep) || !Array.isArray(cls) || sep[0] !== EOS || cls[0] !== BOS)
      throw other(shorten([cls, 'text', sep].map(nameIn).join(' ')));
    return sep[1] === idOf(EOS) && cls[1] === idOf(BOS) ? 'right' : 'otherIds';
  }
  if (parts.length === 1 && type === 'TemplateProcessing' && Array.isArray(single)) {
    const pieces = single.map(pieceOf).join(' ');
    if (pieces === 'A') return 'nothing';
    if (pieces !== `${BOS} A ${EOS}`) throw other(shorten(single.map(pieceShown).join(' ')));
    return hasIdsOf(part, idOf) ? 'right' : 'otherIds';
  }
  throw refuse('post_processor', `is ${parts.map(typeOf).join(' and ')}, but Folio expects <s> and </s> around a text`);
}
