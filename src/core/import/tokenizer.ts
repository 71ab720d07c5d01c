/** `tokenizer.json` and `tokenizer_config.json` of a bundle: a byte-level BPE with RoBERTa's special tokens, by name. */
import * as v from 'valibot';
import { SPECIAL_TOKENS } from '../config.ts';
import type { TrainedBpe } from '../tokenizer/bpeTrainer.ts';
import { characterOfByte } from '../tokenizer/byteAlphabet.ts';
import { check, parseJson } from './json.ts';
import { refusal, shorten, shown } from './refusals.ts';

export const TOKENIZER_NAME = 'tokenizer.json';
export const TOKENIZER_CONFIG_NAME = 'tokenizer_config.json';

const CODE = 'bundleTokenizer';
const whole = v.pipe(v.number('a number'), v.safeInteger('a whole number'), v.minValue(0, 'numbers from 0'));
/** Absent, null, or one of a few. */
const maybe = <S extends v.GenericSchema>(inner: S) => v.optional(v.nullable(inner));
const off = maybe(v.literal(false));

const byteLevel = v.object({
  type: v.literal('ByteLevel'),
  add_prefix_space: v.literal(false),
  use_regex: maybe(v.literal(true)),
});
const special = <T extends string>(id: T) => v.object({ SpecialToken: v.object({ id: v.literal(id) }) });
const postProcessor = v.variant('type', [
  v.object({
    type: v.literal('RobertaProcessing'),
    sep: v.tuple([v.literal('</s>'), whole]),
    cls: v.tuple([v.literal('<s>'), whole]),
  }),
  v.object({
    type: v.literal('TemplateProcessing'),
    single: v.strictTuple([special('<s>'), v.object({ Sequence: v.object({ id: v.literal('A') }) }), special('</s>')]),
  }),
]);

const schema = v.object({
  added_tokens: v.array(
    v.object({
      id: whole,
      content: v.picklist(SPECIAL_TOKENS),
      single_word: off,
      lstrip: maybe(v.boolean()),
      rstrip: off,
    }),
  ),
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
  add_prefix_space: off,
});

export interface ReadTokenizer {
  /** In Folio's order: special tokens first. */
  readonly trained: TrainedBpe;
  /** Id in the files of each of Folio's ids. */
  readonly fileIds: Int32Array; // [V]
  /** Whether `<mask>` takes the white space on its left. */
  readonly maskTakesSpace: boolean;
}

/**
 * @param configText `tokenizer_config.json`; null where there is none
 * @throws StudioError `bundleTokenizer` for any other kind of tokenizer, and where tokens, ids and merges do not fit
 */
export function readTokenizer(text: string, configText: string | null): ReadTokenizer {
  if (configText !== null)
    check(CODE, TOKENIZER_CONFIG_NAME, configSchema, parseJson(CODE, TOKENIZER_CONFIG_NAME, configText));
  const { added_tokens: added, model } = check(CODE, TOKENIZER_NAME, schema, parseJson(CODE, TOKENIZER_NAME, text));
  const tokens = tokensById(model.vocab, added);
  const known = new Set(tokens);
  for (const name of SPECIAL_TOKENS) {
    if (!known.has(name)) throw refusal(CODE, TOKENIZER_NAME, name, 'is not among the tokens');
  }
  for (let byte = 0; byte < 256; byte++) {
    const character = characterOfByte(byte);
    if (!known.has(character)) {
      throw refusal(CODE, TOKENIZER_NAME, 'model.vocab', `has no token for the byte ${byte} (“${character}”)`);
    }
  }
  const merges = readMerges(model.merges, known);
  const isSpecial = (token: string): boolean => (SPECIAL_TOKENS as readonly string[]).includes(token);
  const ordinary = tokens.flatMap((token, id) => (isSpecial(token) ? [] : [id]));
  const fileIds = Int32Array.from([...SPECIAL_TOKENS.map((name) => tokens.indexOf(name)), ...ordinary]);
  return {
    trained: { tokens: Array.from(fileIds, (id) => tokens[id] as string), merges },
    fileIds,
    // As transformers 5 and the library in Rust read it; what tokenizer_config.json says does not matter to them.
    maskTakesSpace: added.find(({ content }) => content === '<mask>')?.lstrip ?? false,
  };
}

/** Tokens by id; every id from 0 is there once. */
function tokensById(vocab: object, added: readonly { readonly id: number; readonly content: string }[]): string[] {
  const ids = new Map<string, unknown>(Object.entries(vocab));
  for (const { id, content } of added) {
    const before = ids.get(content);
    if (before !== undefined && before !== id) {
      throw refusal(
        CODE,
        TOKENIZER_NAME,
        `added_tokens: ${content}`,
        `has the id ${id}, and in model.vocab ${shown(before)}`,
      );
    }
    ids.set(content, id);
  }
  const tokens = new Array<string | null>(ids.size).fill(null);
  for (const [token, id] of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= tokens.length || tokens[id] !== null) {
      throw refusal(
        CODE,
        TOKENIZER_NAME,
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
      throw refusal(CODE, TOKENIZER_NAME, field, `is ${shown(merge)}, and no pair of tokens`);
    }
    const [left, right] = parts as [string, string];
    const stray = [left, right, left + right].find((token) => !known.has(token));
    if (stray !== undefined)
      throw refusal(CODE, TOKENIZER_NAME, field, `needs “${shorten(stray, 40)}”, which is no token`);
    return [left, right];
  });
}
