/** `tokenizer.json` and `tokenizer_config.json` of a bundle: a byte-level BPE with RoBERTa's special tokens, by name. */
import * as v from 'valibot';
import { SPECIAL_TOKENS } from '../core/config.ts';
import type { AddedToken } from '../text/tokenizer/addedTokens.ts';
import type { TrainedBpe } from '../text/tokenizer/bpeTrainer.ts';
import { characterOfByte } from '../text/tokenizer/byteAlphabet.ts';
import type { TokenizerTraits } from '../text/tokenizer/tokenizer.ts';
import { check, parseJson, refusal, refuser, shorten, shown, whole } from './refusals.ts';

export const TOKENIZER_NAME = 'tokenizer.json';
export const TOKENIZER_CONFIG_NAME = 'tokenizer_config.json';
/** Texts that an export passes on as they came. */
export const TOKENIZER_FILES = [TOKENIZER_NAME, TOKENIZER_CONFIG_NAME, 'special_tokens_map.json'] as const;

const CODE = 'bundleTokenizer';
const refuse = refuser(CODE, TOKENIZER_NAME);
/** Absent, null, or one of a few. */
const maybe = <S extends v.GenericSchema>(inner: S) => v.optional(v.nullable(inner));
const off = maybe(v.literal(false));
const flag = maybe(v.boolean('true or false'));

const byteLevel = v.object({
  type: v.literal('ByteLevel'),
  add_prefix_space: v.boolean('true or false'),
  use_regex: maybe(v.literal(true)),
});
/** Token types other than 0 would be other rows of the model. */
const firstType = maybe(v.literal(0));
const special = <T extends string>(id: T) =>
  v.object({ SpecialToken: v.object({ id: v.literal(id), type_id: firstType }) });
const sequence = v.object({ Sequence: v.object({ id: v.literal('A'), type_id: firstType }) });
const postProcessor = v.variant('type', [
  v.object({
    type: v.literal('RobertaProcessing'),
    sep: v.tuple([v.literal('</s>'), whole]),
    cls: v.tuple([v.literal('<s>'), whole]),
  }),
  v.object({
    type: v.literal('TemplateProcessing'),
    single: v.strictTuple([special('<s>'), sequence, special('</s>')]),
  }),
]);

/** More of them make every text slow to read. */
const MOST_ADDED = 4096;

const addedToken = v.object({
  id: whole,
  content: v.pipe(v.string(), v.minLength(1, 'names')),
  special: flag,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
});

const schema = v.object({
  added_tokens: v.pipe(v.array(addedToken), v.maxLength(MOST_ADDED, `${MOST_ADDED} at most`)),
  normalizer: maybe(v.never('models without it')),
  pre_tokenizer: byteLevel,
  post_processor: postProcessor,
  model: v.object({
    type: v.optional(v.literal('BPE'), 'BPE'),
    dropout: maybe(v.never('models without it')),
    continuing_subword_prefix: maybe(v.literal('')),
    end_of_word_suffix: maybe(v.literal('')),
    byte_fallback: off,
    ignore_merges: off,
    // Not as a record: the schema library leaves out keys like "constructor", which may be tokens.
    vocab: v.looseObject({}),
    merges: v.array(v.unknown()),
  }),
});

const configSchema = v.object({
  add_prefix_space: flag,
});

export interface ReadTokenizer {
  /** In Folio's order: special tokens first. */
  readonly trained: TrainedBpe;
  readonly traits: TokenizerTraits & { readonly fileIds: Int32Array };
}

/**
 * @param configText `tokenizer_config.json`; null where there is none
 * @param vocabSize rows of the model; those beyond the tokens have no name
 * @throws StudioError `bundleTokenizer` for any other kind of tokenizer, and where tokens, ids and merges do not fit;
 *   `bundleConfig` where there are more tokens than rows
 */
export function readTokenizer(text: string, configText: string | null, vocabSize: number): ReadTokenizer {
  const {
    added_tokens: added,
    model,
    pre_tokenizer,
  } = check(CODE, TOKENIZER_NAME, schema, parseJson(CODE, TOKENIZER_NAME, text));
  const putsSpaceBefore = pre_tokenizer.add_prefix_space;
  assertSameSpace(putsSpaceBefore, configText);
  const tokens = tokensById(model.vocab, added);
  if (tokens.length > vocabSize) {
    const reason = `is ${vocabSize}, and ${TOKENIZER_NAME} has ${tokens.length} tokens`;
    throw refusal('bundleConfig', 'config.json', 'vocab_size', reason);
  }
  const merges = readMerges(model.merges, completeVocabulary(model.vocab, tokens));
  const isSpecial = (token: string): boolean => (SPECIAL_TOKENS as readonly string[]).includes(token);
  const others = Array.from({ length: vocabSize }, (_, id) => id).filter((id) => !isSpecial(tokens[id] ?? ''));
  const fileIds = Int32Array.from([...SPECIAL_TOKENS.map((name) => tokens.indexOf(name)), ...others]);
  const named = Array.from(fileIds.subarray(0, tokens.length), (id) => tokens[id] as string);
  return {
    trained: { tokens: named, merges },
    traits: { added: readAdded(added, named), putsSpaceBefore, fileIds },
  };
}

/** Libraries take one file's word or the other's, so both have to say the same. */
function assertSameSpace(putsSpaceBefore: boolean, configText: string | null): void {
  const config =
    configText === null
      ? {}
      : check(CODE, TOKENIZER_CONFIG_NAME, configSchema, parseJson(CODE, TOKENIZER_CONFIG_NAME, configText));
  if ((config.add_prefix_space ?? false) === putsSpaceBefore) return;
  const reason = `is ${config.add_prefix_space ?? 'absent'}, and ${TOKENIZER_NAME} says ${putsSpaceBefore}; libraries read one or the other`;
  throw refusal(CODE, TOKENIZER_CONFIG_NAME, 'add_prefix_space', reason);
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

/** The tokens that merges may make. @throws StudioError `bundleTokenizer` if a special token or a byte is not there */
function completeVocabulary(vocab: object, tokens: readonly string[]): Set<string> {
  for (const name of SPECIAL_TOKENS) {
    if (!tokens.includes(name)) throw refuse(name, 'is not among the tokens');
  }
  const known = new Set(Object.keys(vocab));
  for (let byte = 0; byte < 256; byte++) {
    const character = characterOfByte(byte);
    if (!known.has(character)) {
      throw refuse('model.vocab', `has no token for the byte ${byte} (“${character}”)`);
    }
  }
  return known;
}

/** Tokens by id; every id from 0 is there once. */
function tokensById(vocab: object, added: readonly { readonly id: number; readonly content: string }[]): string[] {
  const ids = new Map<string, unknown>(Object.entries(vocab));
  for (const { id, content } of added) {
    const before = ids.get(content);
    if (before !== undefined && before !== id) {
      throw refuse(`added_tokens: ${content}`, `has the id ${id}, and in model.vocab ${shown(before)}`);
    }
    ids.set(content, id);
  }
  const tokens = new Array<string | null>(ids.size).fill(null);
  for (const [token, id] of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= tokens.length || tokens[id] !== null) {
      throw refuse(
        'model.vocab',
        `gives “${shorten(token, 40)}” the id ${shown(id)}; ids are 0, 1, 2 and so on, each once`,
      );
    }
    tokens[id] = token;
  }
  return tokens as string[];
}

/** Pairs, or both tokens in one string with a space between, as older files have them. */
function readMerges(merges: readonly unknown[], known: ReadonlySet<string>): [string, string][] {
  return merges.map((merge, rank) => {
    const parts = typeof merge === 'string' ? merge.split(' ') : merge;
    const field = `model.merges.${rank}`;
    if (!Array.isArray(parts) || parts.length !== 2 || !parts.every((part) => typeof part === 'string')) {
      throw refuse(field, `is ${shown(merge)}, and no pair of tokens`);
    }
    const [left, right] = parts as [string, string];
    const stray = [left, right, left + right].find((token) => !known.has(token));
    if (stray !== undefined) throw refuse(field, `needs “${shorten(stray, 40)}”, which is no token`);
    return [left, right];
  });
}
