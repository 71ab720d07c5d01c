/** The tokenizer of a bundle: a byte-level BPE with RoBERTa's special tokens, by name. */
import * as v from 'valibot';
import { SPECIAL_TOKENS } from '../core/config.ts';
import type { AddedToken } from '../text/tokenizer/addedTokens.ts';
import { characterOfByte } from '../text/tokenizer/byteAlphabet.ts';
import { mergeLines, robertaProcessing, tokenizerConfigJson, tokenizerJson } from '../text/tokenizer/files.ts';
import { check, parseJson, readJson, refusal, refuser, shorten, shown, table, whole } from './refusals.ts';
import { type Frame, readNormalizers, readPostProcessor, readPreTokenizer, TOKENIZER_NAME } from './tokenizerParts.ts';

export const TOKENIZER_CONFIG_NAME = 'tokenizer_config.json';
/** Texts that an export passes on. */
export const TOKENIZER_FILES = [TOKENIZER_NAME, TOKENIZER_CONFIG_NAME, 'special_tokens_map.json'] as const;

const CODE = 'bundleTokenizer';

/** A file with a vocabulary or merges, and what they are called in it. */
interface Place {
  readonly refuse: ReturnType<typeof refuser>;
  readonly vocab: string;
  readonly merges: string;
}

const IN_TOKENIZER: Place = { refuse: refuser(CODE, TOKENIZER_NAME), vocab: 'model.vocab', merges: 'model.merges.' };
const IN_VOCABULARY: Place = { refuse: refuser(CODE, 'vocab.json'), vocab: '', merges: '' };
const IN_MERGES: Place = { refuse: refuser(CODE, 'merges.txt'), vocab: '', merges: 'merge ' };
/** Absent, null, or one of a few. */
const maybe = <S extends v.GenericSchema>(inner: S) => v.optional(v.nullable(inner));
const off = maybe(v.literal(false));
const flag = maybe(v.boolean('true or false'));

/** More of them make every text slow to read. */
const MOST_ADDED = 4096;

const addedToken = v.object({
  id: whole,
  content: v.pipe(v.string(), v.minLength(1, 'a name')),
  special: flag,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
});

const schema = v.object({
  added_tokens: v.optional(v.pipe(v.array(addedToken), v.maxLength(MOST_ADDED, `at most ${MOST_ADDED}`)), []),
  normalizer: v.optional(v.unknown()),
  pre_tokenizer: v.optional(v.unknown()),
  post_processor: v.optional(v.unknown()),
  model: v.object({
    type: v.optional(v.literal('BPE'), 'BPE'),
    // Any other drops merges at random, so that a text has other ids each time.
    dropout: maybe(v.literal(0)),
    continuing_subword_prefix: maybe(v.literal('')),
    end_of_word_suffix: maybe(v.literal('')),
    ignore_merges: off,
    vocab: table,
    merges: v.array(v.unknown()),
  }),
});

const configSchema = v.looseObject({
  add_prefix_space: flag,
  tokenizer_class: v.optional(v.unknown()),
});

/**
 * @param files texts by name, {@link TOKENIZER_FILES} as far as they are there
 * @param rows of the model; those beyond the tokens have no name. null: as many as tokens
 * @param longest tokens that the model reads
 * @throws StudioError `bundleTokenizer` for any other kind of tokenizer, and where tokens, ids and merges do not fit;
 *   `bundleConfig` where there are more tokens than rows
 */
export function readTokenizer(files: ReadonlyMap<string, string>, rows: number | null, longest: number) {
  const json = parseJson(CODE, TOKENIZER_NAME, files.get(TOKENIZER_NAME) ?? '');
  const { added_tokens: added, model, ...parts } = check(CODE, TOKENIZER_NAME, schema, json);
  const normalizers = readNormalizers(parts.normalizer);
  const putsSpaceBefore = readPreTokenizer(parts.pre_tokenizer);
  const vocab = new Map<string, unknown>(Object.entries(model.vocab));
  const tokens = tokensById(vocab, added, IN_TOKENIZER);
  const vocabSize = rows ?? tokens.length;
  if (tokens.length > vocabSize) {
    const reason = `is ${vocabSize}, but ${TOKENIZER_NAME} has ${tokens.length} tokens`;
    throw refusal('bundleConfig', 'config.json', 'vocab_size', reason);
  }
  const merges = readMerges(model.merges, completeVocabulary(vocab, tokens, IN_TOKENIZER), IN_TOKENIZER);
  const isSpecial = (token: string): boolean => (SPECIAL_TOKENS as readonly string[]).includes(token);
  const others = Array.from({ length: vocabSize }, (_, id) => id).filter((id) => !isSpecial(tokens[id] ?? ''));
  const fileIds = Int32Array.from([...SPECIAL_TOKENS.map((name) => tokens.indexOf(name)), ...others]);
  const named = Array.from(fileIds.subarray(0, tokens.length), (id) => tokens[id] as string);
  const frame = readPostProcessor(parts.post_processor, (token) => tokens.indexOf(token));
  const amended = amend(files, json as object, {
    tokens,
    frame,
    isNormalized: normalizers.length > 0,
    putsSpaceBefore,
    longest,
  });
  return {
    /** In Folio's order: special tokens first. */
    trained: { tokens: named, merges },
    traits: { added: readAdded(added, named), normalizers, putsSpaceBefore, fileIds },
    /** Its files by name, as an export writes them. */
    files: amended.files,
    /** What a person should know of how it is read. */
    notices: amended.notices,
  };
}

const FRAMES = { nothing: 'nothing', otherIds: '<s> and </s> with the IDs of other tokens' } as const;

interface Amendments {
  /** By their ids in the files. */
  readonly tokens: readonly string[];
  readonly frame: Frame;
  readonly isNormalized: boolean;
  readonly putsSpaceBefore: boolean;
  readonly longest: number;
}

/** The files as they have to be, so that every library reads a text as Folio does. */
function amend(
  files: ReadonlyMap<string, string>,
  json: object,
  { tokens, frame, isNormalized, putsSpaceBefore, longest }: Amendments,
) {
  const amended = new Map(files);
  const notices: string[] = [];
  if (frame !== 'right') {
    const post_processor = robertaProcessing((token) => tokens.indexOf(token));
    amended.set(TOKENIZER_NAME, JSON.stringify({ ...json, post_processor }, null, 2));
    notices.push(
      `${TOKENIZER_NAME} puts ${FRAMES[frame]} around a text (post_processor). Folio puts <s> and </s> there, as RoBERTa reads them, and writes this to exported files.`,
    );
  }
  const config = files.get(TOKENIZER_CONFIG_NAME) ?? tokenizerConfigJson(longest, tokens);
  const settings = readJson(CODE, TOKENIZER_CONFIG_NAME, configSchema, config);
  const changed: Record<string, unknown> = {};
  if (isNormalized && /^Roberta/.test(String(settings.tokenizer_class ?? 'Roberta'))) {
    changed['tokenizer_class'] = 'PreTrainedTokenizerFast';
    notices.push(
      `${TOKENIZER_NAME} normalises a text before splitting it, and Folio does the same. RobertaTokenizer in transformers 5 skips the normalizer; exported files name PreTrainedTokenizerFast, which applies it.`,
    );
  }
  if ((settings.add_prefix_space ?? false) !== putsSpaceBefore) {
    changed['add_prefix_space'] = putsSpaceBefore;
    notices.push(
      `add_prefix_space is ${putsSpaceBefore} in ${TOKENIZER_NAME} (pre_tokenizer) and ${settings.add_prefix_space ?? 'not set'} in ${TOKENIZER_CONFIG_NAME}. Folio ${putsSpaceBefore ? 'puts a' : 'puts no'} space before a text, and writes this value to both files on export.`,
    );
  }
  if (Object.keys(changed).length > 0) {
    amended.set(TOKENIZER_CONFIG_NAME, JSON.stringify({ ...settings, ...changed }, null, 2));
  }
  return { files: amended, notices };
}

/** The five special tokens are looked for in any case, as transformers does; what is said of them there is taken. */
function readAdded(added: v.InferOutput<typeof schema>['added_tokens'], tokens: readonly string[]): AddedToken[] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const names = new Set([...SPECIAL_TOKENS, ...added.map(({ content }) => content)]);
  return [...names].map((content) => {
    const said = added.find((token) => token.content === content);
    const id = ids.get(content) as number;
    const special = id < SPECIAL_TOKENS.length || said?.special === true;
    return {
      id,
      content,
      special,
      // As transformers 5 and the library in Rust read it; what tokenizer_config.json says does not matter to them.
      takesLeft: said?.lstrip ?? false,
      takesRight: said?.rstrip ?? false,
      withinWords: said?.single_word !== true,
      later: said?.normalized ?? !special,
    };
  });
}

/** As BERT calls its special tokens. */
const BERT_NAMES = ['[CLS]', '[PAD]', '[SEP]', '[MASK]', '[UNK]'];

function otherNames(tokens: readonly string[]): string {
  const found = BERT_NAMES.filter((name) => tokens.includes(name));
  return found.length === 0 ? '' : `; the special tokens have other names here: ${found.join(', ')}`;
}

/** The tokens that merges may make. @throws StudioError `bundleTokenizer` if a special token or a byte is not there */
function completeVocabulary(vocab: ReadonlyMap<string, unknown>, tokens: readonly string[], place: Place): Set<string> {
  for (const name of SPECIAL_TOKENS) {
    if (!tokens.includes(name)) throw place.refuse(name, `is not among the tokens${otherNames(tokens)}`);
  }
  const known = new Set(vocab.keys());
  for (let byte = 0; byte < 256; byte++) {
    const character = characterOfByte(byte);
    if (!known.has(character)) {
      throw place.refuse(place.vocab, `has no token for the byte ${byte} (“${character}”)`);
    }
  }
  return known;
}

/** Tokens by id; every id from 0 is there once. */
function tokensById(
  vocab: ReadonlyMap<string, unknown>,
  added: readonly { readonly id: number; readonly content: string }[],
  place: Place,
): string[] {
  const ids = new Map(vocab);
  for (const { id, content } of added) {
    const before = ids.get(content);
    if (before !== undefined && before !== id) {
      throw place.refuse(`added_tokens: ${content}`, `has the ID ${id}, but model.vocab gives it ${shown(before)}`);
    }
    ids.set(content, id);
  }
  const tokens = new Array<string | null>(ids.size).fill(null);
  for (const [token, id] of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= tokens.length || tokens[id] !== null) {
      throw place.refuse(
        place.vocab,
        `gives “${shorten(token, 40)}” the ID ${shown(id)}; IDs must be 0, 1, 2 and so on, each used once`,
      );
    }
    tokens[id] = token;
  }
  return tokens as string[];
}

/** Pairs, or both tokens in one string with a space between, as older files have them. */
function readMerges(merges: readonly unknown[], known: ReadonlySet<string>, place: Place): [string, string][] {
  return merges.map((merge, rank) => {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge;
    const field = `${place.merges}${rank}`;
    if (!Array.isArray(parts) || parts.length !== 2 || !parts.every((part) => typeof part === 'string')) {
      throw place.refuse(field, `is ${shown(merge)}, not a pair of tokens`);
    }
    const [left, right] = parts as [string, string];
    const stray = [left, right, left + right].find((token) => !known.has(token));
    if (stray !== undefined) throw place.refuse(field, `needs “${shorten(stray, 40)}”, which is not a token`);
    return [left, right];
  });
}

/** The files of a tokenizer that came as vocabulary and merges. */
export interface VocabularyFiles {
  readonly vocab: string;
  readonly merges: string;
  /** `added_tokens.json`: ids of tokens beside the vocabulary; null where there is none. */
  readonly added: string | null;
  /** `tokenizer_config.json`; null where there is none. */
  readonly config: string | null;
}

const decoderSchema = v.object({ ...configSchema.entries, added_tokens_decoder: maybe(v.looseObject({})) });

/**
 * `tokenizer.json` of a tokenizer that came as vocabulary and merges. `<mask>` takes the space on its left unless the settings
 * say otherwise, as in RoBERTa.
 * @throws StudioError `bundleTokenizer` if they are none
 */
export function tokenizerOfVocabulary({ vocab, merges, added, config }: VocabularyFiles): string {
  const idsOf = (file: string, text: string) => readJson(CODE, file, table, text);
  const ids = new Map(Object.entries(idsOf('vocab.json', vocab)));
  const settings = readJson(CODE, TOKENIZER_CONFIG_NAME, decoderSchema, config ?? '{}');
  const flagged = Object.entries(settings.added_tokens_decoder ?? {}).map(([id, token]) =>
    check(CODE, TOKENIZER_CONFIG_NAME, addedToken, { ...(token as object), id: Number(id) }),
  );
  const plain = Object.entries(added === null ? {} : idsOf('added_tokens.json', added)).map(([content, id]) =>
    check(CODE, 'added_tokens.json', addedToken, { content, id }),
  );
  const more = [...flagged, ...plain.filter(({ content }) => !flagged.some((token) => token.content === content))];
  const tokens = tokensById(ids, more, IN_VOCABULARY);
  const known = completeVocabulary(ids, tokens, IN_VOCABULARY);
  const frame = tokenizerJson({ tokens, merges: readMerges(mergeLines(merges), known, IN_MERGES) });
  if (more.length === 0 && settings.add_prefix_space !== true) return frame;
  const { added_tokens: usual, pre_tokenizer, ...rest } = JSON.parse(frame);
  const added_tokens = [...usual.filter(({ id }: { id: number }) => !more.some((token) => token.id === id)), ...more];
  const add_prefix_space = settings.add_prefix_space ?? false;
  return JSON.stringify({ ...rest, added_tokens, pre_tokenizer: { ...pre_tokenizer, add_prefix_space } }, null, 2);
}
