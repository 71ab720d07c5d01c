/** Models as people bring them: what is opened is the same model, and what is not is called what it is. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  asFolder,
  asZip,
  bytesOf,
  editedJson,
  type Files,
  foreignBundle,
  ownBundle,
  type RawTensor,
  SMALL_BPE,
  safetensorsOf,
  smallTensors,
  smallWeights,
  textOf,
  zipOf,
} from '../../test/bundles.ts';
import { refusalOf } from '../../test/refusalOf.ts';
import { tarOf } from '../../test/tar.ts';
import { describeError } from '../core/errorSentences.ts';
import { StudioError } from '../core/errors.ts';
import { createTokenizer } from '../text/tokenizer/tokenizer.ts';
import { type BundleOrigin, openSource } from './bundleSource.ts';
import { type Accepted, readBundle } from './readBundle.ts';

const read = async (origin: BundleOrigin, accepted?: Accepted) =>
  readBundle(await openSource(origin), 2 ** 24, accepted);

const TEXT = 'Say the <mask> of the sea';
const idsOf = ({ trained, traits }: Awaited<ReturnType<typeof read>>, text = TEXT): number[] => {
  const tokenizer = createTokenizer(trained, traits);
  return tokenizer.encodeWithSpecials(text).map(tokenizer.fileIdOf);
};
const IDS = createTokenizer(SMALL_BPE).encodeWithSpecials(TEXT);

type Change = (files: Files) => Files;
const without =
  (...paths: string[]): Change =>
  (files) =>
    new Map([...files].filter(([path]) => !paths.includes(path)));
const adding =
  (path: string, content: string | Uint8Array<ArrayBuffer>): Change =>
  (files) =>
    new Map([...files, [path, typeof content === 'string' ? bytesOf(content) : content]]);
const tokenizer =
  (edit: (json: Record<string, unknown>) => object | undefined): Change =>
  (files) =>
    editedJson(files, 'tokenizer.json', edit);
const config =
  (change: object): Change =>
  (files) =>
    editedJson(files, 'config.json', (json) => ({ ...json, ...change }));
const weights =
  (edit: (tensors: [string, RawTensor][]) => [string, RawTensor][]): Change =>
  (files) =>
    new Map([...files, ['model.safetensors', safetensorsOf(new Map(edit([...smallTensors()])))]]);
const renamed = (edit: (name: string) => string): Change =>
  weights((tensors) => tensors.map(([name, tensor]) => [edit(name), tensor]));
const all =
  (...changes: Change[]): Change =>
  (files) =>
    changes.reduce((now, change) => change(now), files);
const marked =
  (path: string, encode: (text: string) => Uint8Array<ArrayBuffer>): Change =>
  (files) =>
    new Map([...files, [path, encode(textOf(files.get(path)))]]);

const utf16 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'));
const utf8WithMark = (text: string): Uint8Array<ArrayBuffer> => bytesOf(`\ufeff${text}`);
const withCrLf = (text: string): Uint8Array<ArrayBuffer> => bytesOf(text.replaceAll('\n', '\r\n'));

const encoderNames = (name: string): string => name.replace(/^roberta\./, '');
const oldEndings = (name: string): string =>
  name.replace(/([Nn]orm)\.weight$/, '$1.gamma').replace(/([Nn]orm)\.bias$/, '$1.beta');
const f64 = ({ bytes, ...tensor }: RawTensor): RawTensor => {
  const floats = new Float32Array(bytes.slice().buffer);
  return { ...tensor, dtype: 'F64', bytes: new Uint8Array(Float64Array.from(floats).buffer) };
};

/** The weights in two files, and their index. @param named how the index calls the second file */
function sharded(named = 'model-00002-of-00002.safetensors'): Change {
  const tensors = [...smallTensors()];
  const parts = [tensors.slice(0, 9), tensors.slice(9)];
  const map = tensors.map(([name], at) => [name, at < 9 ? 'model-00001-of-00002.safetensors' : named]);
  return all(
    without('model.safetensors'),
    adding('model.safetensors.index.json', JSON.stringify({ metadata: {}, weight_map: Object.fromEntries(map) })),
    ...parts.map((part, at) => adding(`model-0000${at + 1}-of-00002.safetensors`, safetensorsOf(new Map(part)))),
  );
}

/** As `tokenizers` saves a tokenizer. */
const bare: Change = (files) =>
  all(
    without('tokenizer.json', 'tokenizer_config.json'),
    adding('vocab.json', JSON.stringify(Object.fromEntries(SMALL_BPE.tokens.map((token, id) => [token, id])))),
    adding('merges.txt', `#version: 0.2\n${SMALL_BPE.merges.map((pair) => pair.join(' ')).join('\n')}\n`),
  )(files);

const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
const template = {
  type: 'TemplateProcessing',
  single: [special('<s>'), { Sequence: { id: 'A', type_id: 0 } }, special('</s>')],
  pair: [],
  special_tokens: {
    '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] },
    '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] },
  },
};

const OPENED: [what: string, change: Change, notice?: RegExp][] = [
  ['a prefix of DataParallel', renamed((name) => `module.${name}`)],
  ['prefixes of torch.compile and of a class around it', renamed((name) => `model._orig_mod.module.${name}`)],
  [
    'wrappers within the names',
    renamed((name) => name.replace('.layer.0.', '.layer.0._orig_mod._fsdp_wrapped_module.')),
  ],
  ['gamma and beta under a prefix', renamed((name) => `model.${oldEndings(name)}`)],
  ['an encoder without its name', renamed(encoderNames)],
  ['all of it', renamed((name) => `_orig_mod.${oldEndings(encoderNames(name))}`)],
  [
    'position ids, a pooler and the tied decoder beside it',
    weights((tensors) => {
      const [, words] = tensors[0] as [string, RawTensor];
      const long = { dtype: 'I64', shape: [1, 2], bytes: new Uint8Array(16) };
      const bias = tensors.find(([name]) => name === 'lm_head.bias')?.[1] as RawTensor;
      return [
        ...tensors,
        ['roberta.embeddings.position_ids', long],
        ['lm_head.decoder.weight', words],
        ['lm_head.decoder.bias', bias],
        ['roberta.pooler.dense.bias', { ...long, dtype: 'F32', shape: [4] }],
      ];
    }),
  ],
  [
    'a classifier beside the masked-LM head',
    weights((tensors) => [...tensors, ['classifier.bias', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }]]),
    /another head were left out: classifier/,
  ],
  [
    'a tokenizer in a folder beside the model’s',
    (files) =>
      new Map(
        [...files].map(([path, bytes]) => [`${path.startsWith('tokenizer') ? 'words' : 'model'}/${path}`, bytes]),
      ),
  ],
  [
    'a config without what equals the library’s default, in UTF-16 without a mark',
    all(
      config({ pad_token_id: null, tie_word_embeddings: null, is_decoder: null }),
      marked('config.json', (text) => utf16(text).slice(2)),
    ),
  ],
  [
    'untied by its config, and the same numbers all the same',
    all(
      config({ tie_word_embeddings: false }),
      weights((tensors) => [...tensors, ['lm_head.decoder.weight', (tensors[0] as [string, RawTensor])[1]]]),
    ),
  ],
  [
    'parts of tokenizer.json left out',
    tokenizer(({ normalizer: _, decoder: __, post_processor: ___, ...json }) => json),
    /puts nothing around a text/,
  ],
  ['float64', weights((tensors) => tensors.map(([name, tensor]) => [name, f64(tensor)]))],
  ['two files and their index', sharded()],
  ['two files without their index', all(sharded(), without('model.safetensors.index.json'))],
  [
    'weights under another name',
    (files) => all(adding('my.safetensors', files.get('model.safetensors') ?? ''), without('model.safetensors'))(files),
  ],
  [
    'safetensors under the name of a pickle',
    (files) =>
      all(adding('pytorch_model.bin', files.get('model.safetensors') ?? ''), without('model.safetensors'))(files),
  ],
  ['vocabulary and merges', bare],
  [
    'merges of an old Macintosh',
    all(
      bare,
      marked('merges.txt', (text) => bytesOf(text.replaceAll('\n', '\r'))),
    ),
  ],
  ['vocabulary and merges of Windows', all(bare, marked('merges.txt', withCrLf), marked('vocab.json', utf8WithMark))],
  [
    'merges without their version',
    all(
      bare,
      marked('merges.txt', (text) => bytesOf(text.split('\n').slice(1).join('\n'))),
    ),
  ],
  [
    'an empty list of normalizers',
    tokenizer((json) => ({ ...json, normalizer: { type: 'Sequence', normalizers: [] } })),
  ],
  [
    'BertProcessing',
    tokenizer((json) => ({ ...json, post_processor: { type: 'BertProcessing', sep: ['</s>', 2], cls: ['<s>', 0] } })),
  ],
  ['a template that does the same', tokenizer((json) => ({ ...json, post_processor: template }))],
  [
    'post-processors in a list',
    tokenizer((json) => ({
      ...json,
      post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] },
    })),
  ],
  [
    'nothing around a text',
    tokenizer((json) => ({ ...json, post_processor: null })),
    /puts nothing around a text .* <s>/,
  ],
  [
    'ByteLevel around a text',
    tokenizer((json) => ({ ...json, post_processor: { type: 'ByteLevel' } })),
    /puts nothing around a text/,
  ],
  [
    'other ids around a text',
    tokenizer((json) => ({
      ...json,
      post_processor: { type: 'RobertaProcessing', sep: ['</s>', 1], cls: ['<s>', 0] },
    })),
    /with the IDs of other tokens/,
  ],
  [
    'pre-tokenizers in lists',
    tokenizer((json) => ({
      ...json,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'Sequence', pretokenizers: [json['pre_tokenizer']] }],
      },
    })),
  ],
  [
    'GPT-2’s split pattern in two parts',
    tokenizer((json) => ({
      ...json,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: GPT2 }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
    })),
  ],
  ['a dropout of 0.0', tokenizer((json) => ({ ...json, model: { ...(json['model'] as object), dropout: 0.0 } }))],
  ['a mark before JSON', all(marked('config.json', utf8WithMark), marked('tokenizer.json', utf8WithMark))],
  ['JSON in UTF-16', all(marked('config.json', utf16), marked('tokenizer_config.json', utf16))],
  [
    'a config that leaves out what is the default',
    config({ model_type: undefined, hidden_act: undefined, pad_token_id: null }),
  ],
  ['a card that is no UTF-8', adding('README.md', Uint8Array.of(0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72))],
  [
    'checkpoints below it',
    (files) => new Map([...files, ...[...files].map(([path, bytes]) => [`checkpoint-500/${path}`, bytes] as const)]),
  ],
];

describe('the same model', () => {
  test.each(OPENED)('%s', async (_, change, notice) => {
    const bundle = await read(asFolder(change(await foreignBundle())));
    expect(bundle.weights).toEqual(smallWeights());
    expect(idsOf(bundle)).toEqual(IDS);
    if (notice === undefined) expect(bundle.notices).toEqual([]);
    else expect(bundle.notices.join(' ')).toMatch(notice);
  });

  const named = (files: Files, prefix: string) =>
    new Map([...files].map(([path, bytes]) => [`${prefix}${path}`, bytes]));
  const archive = (name: string, bytes: Uint8Array<ArrayBuffer>): BundleOrigin => ({
    kind: 'zip',
    name,
    blob: new Blob([bytes]),
  });

  test.each<[string, (files: Files) => BundleOrigin]>([
    ['a tar', (files) => archive('my-bert.tar', tarOf(named(files, './my-bert/')))],
    ['a tar.gz', (files) => archive('my-bert.tgz', new Uint8Array(gzipSync(tarOf(named(files, 'my-bert/')))))],
    ['long names in a tar', (files) => archive('a.tar', tarOf(named(files, `${'long/'.repeat(50)}`)))],
    ['a zip in a zip', (files) => asZip(zipOf(new Map([['my-bert.zip', zipOf(files, 6)]]), 6))],
    ['a tar.gz in a folder', (files) => asFolder(new Map([['a.tar.gz', new Uint8Array(gzipSync(tarOf(files)))]]))],
    [
      'a zip of Windows',
      (files) => asFolder(new Map([...named(files, 'my-bert\\'), ['my-bert\\Thumbs.db', Uint8Array.of(1)]])),
    ],
    [
      'a zip of Windows as it is',
      (files) => {
        const zip = zipOf(files, 6);
        const text = Buffer.from(zip);
        // The names have the same length with a backslash.
        for (let at = text.indexOf('my-bert/'); at >= 0; at = text.indexOf('my-bert/', at)) text[at + 7] = 0x5c;
        return asZip(new Uint8Array(text));
      },
    ],
    [
      'a zip of a Mac',
      (files) => asZip(zipOf(new Map([...files, ...named(files, '__MACOSX/._'), ['.DS_Store', bytesOf('x')]]), 6)),
    ],
    [
      'pooling beside an encoder’s folder',
      (files) => asFolder(new Map([...named(files, '0_Transformer/'), ['1_Pooling/config.json', bytesOf('{}')]])),
    ],
  ])('%s', async (_, origin) => {
    const bundle = await read(origin(await foreignBundle()));
    expect(bundle.weights).toEqual(smallWeights());
    expect(idsOf(bundle)).toEqual(IDS);
  });
});

test('vocabulary and merges with settings: their added tokens and their space before a text', async () => {
  const user = { content: '[USER]', lstrip: false, normalized: false, rstrip: true, single_word: false, special: true };
  const mask = {
    content: '<mask>',
    lstrip: false,
    normalized: false,
    rstrip: false,
    single_word: false,
    special: true,
  };
  const settings = { add_prefix_space: true, added_tokens_decoder: { 3: mask, 264: user } };
  const files = all(
    bare,
    adding('tokenizer_config.json', JSON.stringify(settings)),
    adding('added_tokens.json', JSON.stringify({ '[USER]': 264, '[BOT]': 265 })),
    config({ vocab_size: 266 }),
    weights((tensors) =>
      tensors.map(([name, tensor]) => {
        const [rows = 0, ...width] = tensor.shape;
        const wider = Buffer.concat([tensor.bytes, zeros((2 * tensor.bytes.length) / rows)]);
        return [name, rows === 264 ? { ...tensor, shape: [266, ...width], bytes: wider } : tensor];
      }),
    ),
  )(await foreignBundle());
  const { trained, traits } = await read(asFolder(files));
  const { encode, tokenOf } = createTokenizer(trained, traits);
  expect(encode('the <mask>[USER] the[BOT]').map(tokenOf)).toEqual(['Ġthe', 'Ġ', '<mask>', '[USER]', 'Ġthe', '[BOT]']);
});

test('a space before a text is what tokenizer.json says, and an export says it in both files', async () => {
  const files = tokenizer((json) => ({ ...json, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }))(
    await foreignBundle(),
  );
  const { notices, layout, ...bundle } = await read(asFolder(files));
  expect(idsOf(bundle as Awaited<ReturnType<typeof read>>, 'the')).toEqual(
    createTokenizer(SMALL_BPE).encodeWithSpecials(' the'),
  );
  expect(notices).toEqual([
    expect.stringMatching(/^add_prefix_space is true in tokenizer\.json .* false in tokenizer_config/),
  ]);
  expect(JSON.parse(layout?.origin.files.get('tokenizer_config.json') ?? '')).toMatchObject({ add_prefix_space: true });
});

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 498000000\n`;
const PAGE = '\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body></body></html>';
const only =
  (...paths: string[]): Change =>
  (files) =>
    new Map([...files].filter(([path]) => paths.includes(path)));
const zeros = (bytes: number) => new Uint8Array(bytes);

const REFUSED: readonly (readonly [what: string, change: Change, code: string, sentence: RegExp])[] = [
  [
    'a pointer for the weights',
    adding('model.safetensors', LFS),
    'bundleNotTheFile',
    /^model\.safetensors is a Git LFS pointer/,
  ],
  [
    'a pointer for the tokenizer',
    adding('tokenizer.json', LFS),
    'bundleNotTheFile',
    /^tokenizer\.json is a Git LFS pointer/,
  ],
  ['a page for the weights', adding('model.safetensors', PAGE), 'bundleNotTheFile', /is a web page \(HTML\)/],
  ['a page for the config', adding('config.json', PAGE), 'bundleNotTheFile', /^config\.json is a web page/],
  [
    'a server’s answer',
    adding('model.safetensors', 'Entry not found'),
    'bundleNotTheFile',
    /a server’s error message \(“Entry not found”\)/,
  ],
  [
    'a server’s answer in JSON',
    adding('config.json', '{"error":"Repository not found"}'),
    'bundleNotTheFile',
    /a server’s error message \(“Repository not found”\)/,
  ],
  [
    'weights that are packed',
    (files) => adding('model.safetensors', new Uint8Array(gzipSync(files.get('model.safetensors') ?? zeros(1))))(files),
    'bundleUnpack',
    /is compressed with gzip/,
  ],
  [
    'sizes that the config leaves out',
    (files) => editedJson(files, 'config.json', ({ vocab_size: _, ...json }) => json),
    'bundleWeights',
    /requires \[50265,4\] \(vocab_size, hidden_size\)/,
  ],
  [
    'a layer that is not there',
    config({ num_hidden_layers: 2 }),
    'bundleWeights',
    /is missing; config\.json has num_hidden_layers 2/,
  ],
  [
    'a causal model',
    config({ is_decoder: true }),
    'bundleConfig',
    /is_decoder is true, .* not a causal \(left-to-right\) one/,
  ],
  [
    'a quantized model',
    config({ quantization_config: { bits: 4 } }),
    'bundleConfig',
    /quantization_config .* quantised/,
  ],
  ['untied weights', config({ tie_word_embeddings: false }), 'bundleConfig', /tie_word_embeddings is false/],
  [
    'weights beside an adapter’s',
    weights((tensors) => [
      ...tensors,
      [
        'base_model.model.roberta.encoder.layer.0.attention.self.query.lora_A.default.weight',
        { dtype: 'F32', shape: [1], bytes: zeros(4) },
      ],
    ]),
    'bundleAdapter',
    /contains an adapter beside the model/,
  ],
  [
    'fairseq’s names',
    renamed((name) => name.replace(/^roberta\.embeddings\.word_embeddings/, 'encoder.sentence_encoder.embed_tokens')),
    'bundleWeights',
    /has fairseq’s names/,
  ],
  [
    'weights in an archive beside',
    all(without('model.safetensors'), adding('model.safetensors.zip', 'PK')),
    'bundleUnpack',
    /is an archive beside the model/,
  ],
  ['merges without a vocabulary', all(bare, without('vocab.json')), 'bundleFileMissing', /vocab\.json is missing/],
  [
    'BERT’s names of special tokens',
    marked('tokenizer.json', (text) => bytesOf(text.replaceAll('<mask>', '[MASK]'))),
    'bundleTokenizer',
    /<mask> is not among the tokens; .*: \[MASK\]/,
  ],
  [
    'words without their pattern',
    tokenizer((json) => ({ ...json, pre_tokenizer: { type: 'ByteLevel', use_regex: false } })),
    'bundleTokenizer',
    /without its split pattern \(use_regex false\)/,
  ],
  ['nothing for the weights', adding('model.safetensors', zeros(0)), 'bundleNotTheFile', /is empty: it has 0 bytes/],
  ['zeros for the weights', adding('model.safetensors', zeros(9000)), 'bundleNotTheFile', /contains only zeros/],
  [
    'a file of the index that is gone',
    all(sharded(), without('model-00002-of-00002.safetensors')),
    'bundleFileMissing',
    /model-00002-of-00002\.safetensors is missing; model\.safetensors\.index\.json lists it as one of 2 weight files; 1 of them was found/,
  ],
  [
    'an index that names another file',
    sharded('part-2.safetensors'),
    'bundleFileMissing',
    /part-2\.safetensors is missing/,
  ],
  [
    'a piece without the others',
    all(sharded(), without('model.safetensors.index.json', 'model-00001-of-00002.safetensors')),
    'bundleFileMissing',
    /model-00001-of-00002\.safetensors is missing, one of 2/,
  ],
  [
    'TensorFlow weights',
    all(without('model.safetensors'), adding('tf_model.h5', zeros(9))),
    'bundleForm',
    /^tf_model\.h5 contains TensorFlow weights/,
  ],
  [
    'Flax weights',
    all(without('model.safetensors'), adding('flax_model.msgpack', zeros(9))),
    'bundleForm',
    /contains Flax weights/,
  ],
  [
    'ONNX alone',
    all(without('model.safetensors'), adding('onnx/model.onnx', zeros(9))),
    'bundleRuntime',
    /^onnx\/model\.onnx is an ONNX model/,
  ],
  ['GGUF', all(only(), adding('a.gguf', 'GGUF')), 'bundleRuntime', /^a\.gguf is a GGUF model/],
  [
    'an adapter',
    all(only(), adding('adapter_config.json', '{}'), adding('adapter_model.safetensors', 'x')),
    'bundleAdapter',
    /is an adapter/,
  ],
  [
    'an adapter beside a config',
    all(without('model.safetensors'), adding('adapter_config.json', '{}'), adding('adapter_model.safetensors', 'x')),
    'bundleAdapter',
    /is an adapter/,
  ],
  [
    'a Trainer’s files alone',
    all(without('model.safetensors'), adding('training_args.bin', 'x'), adding('optimizer.pt', 'x')),
    'bundleFileMissing',
    /model\.safetensors is missing\.$/,
  ],
  [
    'XLM-R',
    config({ model_type: 'xlm-roberta' }),
    'bundleArchitecture',
    /XLM-RoBERTa, whose tokenizer is SentencePiece/,
  ],
  ['GPT-2', config({ model_type: 'gpt2', architectures: ['GPT2LMHeadModel'] }), 'bundleArchitecture', /GPT-2/],
  [
    'SentencePiece',
    all(without('tokenizer.json'), adding('sentencepiece.bpe.model', 'x')),
    'bundleTokenizer',
    /^sentencepiece\.bpe\.model is a SentencePiece tokenizer/,
  ],
  ['a vocabulary without merges', all(bare, without('merges.txt')), 'bundleFileMissing', /merges\.txt is missing/],
  [
    'a config under another name',
    (files) => all(adding('config (1).json', textOf(files.get('config.json'))), without('config.json'))(files),
    'bundleFileMissing',
    /config \(1\)\.json may be the file: rename it to config\.json/,
  ],
  [
    'a download that goes on',
    all(without('model.safetensors'), adding('model.safetensors.crdownload', 'x')),
    'bundleFileMissing',
    /is an unfinished download/,
  ],
  [
    '7-Zip',
    all(only(), adding('a.7z', Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0))),
    'bundleUnpack',
    /^a\.7z is a 7-Zip archive/,
  ],
  ['two archives', all(only(), adding('a.zip', 'x'), adding('b.zip', 'x')), 'bundleUnpack', /only 2 archives, such as/],
  [
    'weights that differ under two prefixes',
    weights((tensors) => [...tensors, ['teacher.lm_head.bias', { dtype: 'F32', shape: [264], bytes: zeros(4 * 264) }]]),
    'bundleWeights',
    /both map to lm_head\.bias, with different values/,
  ],
  [
    'a layer too many',
    weights((tensors) => [
      ...tensors,
      ...tensors
        .filter(([name]) => name.includes('.layer.0.'))
        .map(([name, tensor]): [string, RawTensor] => [name.replace('.0.', '.7.'), tensor]),
    ]),
    'bundleWeights',
    /belongs to layer 8, but config\.json has num_hidden_layers 1/,
  ],
  [
    'another model’s pickle under the name of safetensors',
    adding(
      'model.safetensors',
      new Uint8Array(readFileSync(new URL('../../test/golden/torch/zip.bin', import.meta.url))),
    ),
    'bundleWeights',
    /contains no RoBERTa weights, but 4 others, such as matrix/,
  ],
  [
    'weights of something else',
    renamed((name) => `x${name.replace(/\W/g, '')}`),
    'bundleWeights',
    /contains no RoBERTa weights, but \d+ others/,
  ],
  [
    '8-bit weights',
    weights((tensors) =>
      tensors.map(([name, tensor]) => [name, { ...tensor, dtype: 'F8_E4M3', bytes: zeros(tensor.bytes.length / 4) }]),
    ),
    'bundleWeights',
    /has the dtype F8_E4M3/,
  ],
];

/** A zip with a byte set in the header of each file, and in its entry of the list. */
function withFlag(
  zip: Uint8Array<ArrayBuffer>,
  local: number,
  central: number,
  value: number,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(zip.buffer);
  for (let at = 0; at + 4 < zip.length; at++) {
    const kind = view.getUint32(at, true);
    if (kind === 0x04034b50) zip[at + local] = value;
    if (kind === 0x02014b50) zip[at + central] = value;
  }
  return zip;
}

describe('refused by name', () => {
  test.each(REFUSED)('%s', async (_, change, code, sentence) => {
    const refused = await refusalOf(read(asFolder(change(await foreignBundle()))));
    expect(refused?.code).toBe(code);
    const { what, remedy } = describeError((refused as StudioError).toPlain());
    expect(what).toMatch(sentence);
    expect(`${what} ${remedy}`).not.toMatch(/\b(never|object|undefined|null)\b/i);
  });

  test.each<[string, string, (files: Files) => Uint8Array<ArrayBuffer>, string, RegExp]>([
    [
      'a zip that is cut off',
      'a.zip',
      (files) => zipOf(files, 6).slice(0, -60),
      'bundleArchive',
      /is a zip that is cut off or damaged/,
    ],
    [
      'weights alone',
      'model.safetensors',
      (files) => files.get('model.safetensors') ?? zeros(1),
      'bundleFileMissing',
      /contains only weights/,
    ],
    ['GGUF alone', 'a.bin', () => bytesOf('GGUF\x03'), 'bundleRuntime', /is a GGUF model/],
    ['a text', 'a.zip', () => bytesOf('Say the sea'), 'bundleArchive', /is neither a zip nor a tar/],
    [
      'a password',
      'a.zip',
      (files) => withFlag(zipOf(files, 0), 6, 8, 1),
      'bundleUnpack',
      /is encrypted with a password/,
    ],
    [
      'another method',
      'a.zip',
      (files) => withFlag(zipOf(files, 0), 8, 10, 12),
      'bundleUnpack',
      /with a method that browsers/,
    ],
  ])('a file: %s', async (_, name, bytes, code, sentence) => {
    const blob = new Blob([bytes(await foreignBundle())]);
    const refused = await read({ kind: 'zip', name, blob }).catch((thrown: unknown) => StudioError.from(thrown));
    expect(refused).toMatchObject({ code, message: expect.stringMatching(sentence) });
  });

  test('checkpoints alone are several models', async () => {
    const files = await foreignBundle();
    const both = [500, 1000].flatMap((step) =>
      [...files].map(([path, bytes]) => [`checkpoint-${step}/${path}`, bytes] as const),
    );
    await expect(read(asFolder(new Map(both)))).rejects.toThrowError(
      /contains 2 models, in checkpoint-500, checkpoint-1000/,
    );
    const one = await read(asFolder(new Map(both.slice(0, files.size))));
    expect(one.weights).toEqual(smallWeights());
  });
});

describe('an encoder without a head', () => {
  const encoder: Change = weights((tensors) =>
    tensors.filter(([name]) => name.startsWith('roberta.')).map(([name, tensor]) => [encoderNames(name), tensor]),
  );

  test('is called that, and opened with a new head where that is wanted', async () => {
    const origin = asFolder(encoder(await foreignBundle()));
    await expect(read(origin)).rejects.toMatchObject({ code: 'bundleNoHead' });
    const bundle = await read(origin, { newHead: true });
    expect(bundle.notices.join()).toMatch(/masked-LM head \(lm_head\) is new/);
    for (const [name, values] of smallWeights()) {
      if (name.startsWith('roberta.')) expect(bundle.weights.get(name), name).toEqual(values);
    }
    expect(bundle.weights.get('lm_head.layer_norm.weight')).toEqual(new Float32Array([1, 1, 1, 1]));
    expect(bundle.weights.get('lm_head.bias')).toEqual(new Float32Array(264));
    const dense = [...(bundle.weights.get('lm_head.dense.weight') ?? [])];
    expect(dense).toHaveLength(16);
    expect(Math.max(...dense.map(Math.abs))).toBeGreaterThan(0);
    expect(await read(origin, { newHead: true })).toMatchObject({ weights: bundle.weights });
  });

  test('a classifier is told', async () => {
    const classifier = weights((tensors) => [
      ...tensors.filter(([name]) => name.startsWith('roberta.')),
      ['classifier.dense.bias', { dtype: 'F32', shape: [4], bytes: zeros(16) }],
    ]);
    const origin = asFolder(
      classifier(config({ architectures: ['RobertaForSequenceClassification'] })(await foreignBundle())),
    );
    await expect(read(origin)).rejects.toThrowError(
      /without a masked-LM head \(lm_head\), but one for another task \(classifier\)/,
    );
  });
});

describe('checksums serve the person', () => {
  test.each<[string, Change, RegExp | null, boolean]>([
    ['a card that was edited', adding('README.md', '# Mine\n'), /not read for the model: README\.md\./, true],
    ['a file that was deleted', without('onnx/model.onnx', 'use.py'), /no longer there: .*onnx\/model\.onnx/, true],
    [
      'line ends of the files',
      all(marked('config.json', withCrLf), marked('tokenizer.json', withCrLf)),
      /only in line endings.*: config\.json, tokenizer\.json\./,
      true,
    ],
    ['line ends of the list', marked('checksums.txt', withCrLf), null, true],
    [
      'a list as others write it',
      marked('checksums.txt', (text) =>
        bytesOf(text.replace(/^([0-9a-f]+) {2}/gm, (_, hash: string) => `${hash.toUpperCase()} *./`)),
      ),
      null,
      true,
    ],
    [
      'a list made from outside of the folder, with --tag',
      marked('checksums.txt', (text) => bytesOf(text.replace(/^([0-9a-f]+) {2}(.*)/gm, 'SHA256 (my-bert/$2) = $1'))),
      null,
      true,
    ],
    [
      'a list with a line of somebody’s own',
      marked('checksums.txt', (text) => bytesOf(`# mine\n${text}`)),
      /the files that it names were compared: checksums\.txt/,
      true,
    ],
    [
      'a file that is not in the list',
      marked('checksums.txt', (text) => bytesOf(text.split('\n').slice(1).join('\n'))),
      /Not in the list of checksums, so not compared: config\.json\./,
      false,
    ],
    ['an empty list', adding('checksums.txt', ''), /nothing was compared/, false],
    ['a list that is none', adding('checksums.txt', 'all is well\n'), /nothing was compared/, false],
    ['a file more', adding('notes.txt', 'Mine'), null, true],
  ])('%s', async (what, change, notice, checked) => {
    const bundle = await read(asFolder(change(await ownBundle())));
    expect(bundle.weights).toEqual(smallWeights());
    if (what.startsWith('line ends')) expect(bundle.layout).toBeNull();
    expect(bundle.checked).toBe(checked);
    if (notice !== null) expect(bundle.notices.join(' ')).toMatch(notice);
    else expect(bundle.notices).toEqual([]);
  });
});
