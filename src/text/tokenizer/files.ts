/** The five files of a tokenizer, byte for byte as `tokenizers` and `transformers` write them. */
import { MASK_ID, SPECIAL_TOKENS } from '../../core/config.ts';
import type { TrainedBpe } from './bpeTrainer.ts';

const [BOS, PAD, EOS, MASK, UNK] = SPECIAL_TOKENS;
const MERGES_HEADER = '#version: 0.2';

/** `vocab.json`: one compact line in id order. Written by hand, since an object would put keys like "12" first. */
export function vocabJson({ tokens }: TrainedBpe): string {
  return `{${tokens.map((token, id) => `${JSON.stringify(token)}:${id}`).join(',')}}`;
}

/** `merges.txt`: a pair a line, by rank. */
export function mergesTxt({ merges }: TrainedBpe): string {
  return [MERGES_HEADER, ...merges.map(([left, right]) => `${left} ${right}`), ''].join('\n');
}

/** The post-processor of `tokenizer.json`: `<s>` and `</s>` around a text. @param idOf ids of tokens in the files */
export function robertaProcessing(idOf: (token: string) => number) {
  return {
    type: 'RobertaProcessing',
    sep: [EOS, idOf(EOS)],
    cls: [BOS, idOf(BOS)],
    trim_offsets: true,
    add_prefix_space: false,
  };
}

/**
 * `tokenizer.json`: everything that the fast tokenizers of Python and JavaScript need.
 * @param trained tokens by their ids in the files
 */
export function tokenizerJson(trained: TrainedBpe): string {
  const idOf = (token: string): number => trained.tokens.indexOf(token);
  const added = SPECIAL_TOKENS.map((content, own) => ({
    id: idOf(content),
    content,
    ...addedTokenFlags(own),
    special: true,
  }));
  const frame = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added.sort((a, b) => a.id - b.id),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: robertaProcessing(idOf),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: null,
      merges: trained.merges,
    },
  };
  const vocab = trained.tokens.map((token, id) => `      ${JSON.stringify(token)}: ${id}`).join(',\n');
  // A function replaces, since a token may be "$&"; no token reads like the placeholder, as its quotes would be escaped.
  return JSON.stringify(frame, null, 2).replace('"vocab": null', () => `"vocab": {\n${vocab}\n    }`);
}

function addedTokenFlags(id: number) {
  return { single_word: false, lstrip: id === MASK_ID, rstrip: false, normalized: false };
}

/**
 * `tokenizer_config.json`.
 * @param modelMaxLength longest sequence that the model reads: P - 2
 * @param tokens by their ids in the files
 */
export function tokenizerConfigJson(modelMaxLength: number, tokens: readonly string[]): string {
  const decoder = SPECIAL_TOKENS.map((content, own) => {
    const { single_word, lstrip, rstrip, normalized } = addedTokenFlags(own);
    return [String(tokens.indexOf(content)), { content, lstrip, normalized, rstrip, single_word, special: true }];
  });
  const config = {
    add_prefix_space: false,
    added_tokens_decoder: Object.fromEntries(decoder),
    bos_token: BOS,
    clean_up_tokenization_spaces: false,
    cls_token: BOS,
    eos_token: EOS,
    errors: 'replace',
    mask_token: MASK,
    model_max_length: modelMaxLength,
    pad_token: PAD,
    sep_token: EOS,
    tokenizer_class: 'RobertaTokenizer',
    trim_offsets: true,
    unk_token: UNK,
  };
  return JSON.stringify(config, null, 2);
}

/** `special_tokens_map.json`. */
export function specialTokensMapJson(): string {
  const map = {
    bos_token: BOS,
    cls_token: BOS,
    eos_token: EOS,
    mask_token: { content: MASK, lstrip: true, normalized: false, rstrip: false, single_word: false },
    pad_token: PAD,
    sep_token: EOS,
    unk_token: UNK,
  };
  return JSON.stringify(map, null, 2);
}

/** The lines of `merges.txt` that hold a pair; a first line with the version is there or not. */
export function mergeLines(merges: string): string[] {
  return merges.split('\n').filter((line, index) => line !== '' && !(index === 0 && line.startsWith('#version')));
}
