import { describe, expect, test } from 'vitest';
import {
  asFolder,
  asZip,
  bytesOf,
  extendedBundle,
  type Files,
  foreignBundle,
  ownBundle,
  SMALL_BPE,
  SMALL_MODEL,
  smallWeights,
  textOf,
  zipOf,
} from '../../test/bundles.ts';
import { refusalOf } from '../../test/refusalOf.ts';
import { describeError } from '../core/errorSentences.ts';
import { StudioError } from '../core/errors.ts';
import { parameterSpecs } from '../model/parameters.ts';
import { createTokenizer, type TokenizerTraits } from '../text/tokenizer/tokenizer.ts';
import { type BundleOrigin, openSource } from './bundleSource.ts';
import { sizesOf, toFile } from './fileLayout.ts';
import { toHalf } from './float16.ts';
import { readBundle } from './readBundle.ts';
import { safetensorsFile } from './safetensors.ts';

const LARGEST_BYTES = 2 ** 24;

const read = async (origin: BundleOrigin) => readBundle(await openSource(origin), LARGEST_BYTES);

type Json = Record<string, unknown>;
const edited = (files: Files, path: string, edit: (json: Json) => unknown): Files => {
  const json = JSON.parse(textOf(files.get(path))) as Json;
  return new Map([...files, [path, bytesOf(JSON.stringify(edit(json) ?? json))]]);
};
const config = (change: Json) => (files: Files) => edited(files, 'config.json', (json) => ({ ...json, ...change }));
const tokenizer = (edit: (json: Json & { model: Json }) => unknown) => (files: Files) =>
  edited(files, 'tokenizer.json', edit as (json: Json) => unknown);
const without = (path: string) => (files: Files) => new Map([...files].filter(([name]) => name !== path));

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}
type Header = Record<string, HeaderEntry>;

/** Rewrites the header of the weights; the data stays. */
const header =
  (edit: (header: Header) => unknown, more = 0) =>
  (files: Files): Files => {
    const file = files.get('model.safetensors') ?? new Uint8Array();
    const end = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    const json = JSON.parse(textOf(file.subarray(8, end))) as Header;
    const text = bytesOf(JSON.stringify(edit(json) ?? json));
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(text.length), true);
    const whole = Uint8Array.from([...size, ...text, ...file.subarray(end), ...new Uint8Array(more)]);
    return new Map([...files, ['model.safetensors', whole]]);
  };
const weightBytes =
  (edit: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) =>
  (files: Files): Files =>
    new Map([...files, ['model.safetensors', edit(files.get('model.safetensors')?.slice() ?? new Uint8Array())]]);

const WORDS = 'roberta.embeddings.word_embeddings.weight';
const set = (target: unknown, change: object): void => void Object.assign(target as object, change);
const entry = (json: Header, name: string): HeaderEntry => json[name] as HeaderEntry;

/** The last number of the file becomes something else. */
const lastNumber = (value: number) =>
  weightBytes((bytes) => {
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, value, true);
    return bytes;
  });

const REFUSED: readonly [what: string, change: (files: Files) => Files, code: string, sentence: RegExp][] = [
  ['no config', without('config.json'), 'bundleFileMissing', /^my-bert: config\.json is missing\.$/],
  ['no tokenizer', without('tokenizer.json'), 'bundleFileMissing', /^my-bert: tokenizer\.json is missing\.$/],
  ['no weights', without('model.safetensors'), 'bundleFileMissing', /model\.safetensors is missing\.$/],
  [
    'weights of PyTorch’s own kind',
    (files) => new Map([...without('model.safetensors')(files), ['pytorch_model.bin', bytesOf('x')]]),
    'bundleForm',
    /^pytorch_model\.bin is not in the format in which PyTorch saves weights/,
  ],
  [
    'another architecture',
    config({ model_type: 'bert' }),
    'bundleArchitecture',
    /^config\.json has another architecture: model_type is “bert” \(BERT\)\./,
  ],
  [
    'another architecture by its class',
    config({ model_type: null, architectures: ['MPNetForMaskedLM'] }),
    'bundleArchitecture',
    /architectures is \["MPNetForMaskedLM"\]/,
  ],
  ['another activation', config({ hidden_act: 'relu' }), 'bundleConfig', /hidden_act is "relu"/],
  [
    'no token type',
    config({ type_vocab_size: 0 }),
    'bundleConfig',
    /type_vocab_size is 0, but Folio expects 1 or more/,
  ],
  [
    'token types without their rows',
    config({ type_vocab_size: 2 }),
    'bundleWeights',
    /token_type_embeddings\.weight has the shape \[1,4\], but config\.json requires \[2,4\]/,
  ],
  ['a decoder', config({ is_decoder: true }), 'bundleConfig', /is_decoder is true/],
  [
    'relative positions',
    config({ position_embedding_type: 'relative_key' }),
    'bundleConfig',
    /position_embedding_type/,
  ],
  ['an untied head', config({ tie_word_embeddings: false }), 'bundleConfig', /tie_word_embeddings is false/],
  ['a size as text', config({ hidden_size: '4' }), 'bundleConfig', /hidden_size is "4", but Folio expects .*number/],
  ['a size below zero', config({ num_hidden_layers: -1 }), 'bundleConfig', /num_hidden_layers is -1/],
  [
    'no size, which is the library’s default then',
    config({ hidden_size: undefined }),
    'bundleWeights',
    /has the shape \[264,4\], but config\.json requires \[264,768\]/,
  ],
  [
    'heads that do not divide',
    config({ num_attention_heads: 3 }),
    'bundleConfig',
    /num_attention_heads can’t be 3\. The value must divide the hidden size, 4/,
  ],
  [
    'more layers than Folio computes',
    config({ num_hidden_layers: 65 }),
    'bundleConfig',
    /num_hidden_layers can’t be 65/,
  ],
  [
    'a model beyond memory',
    config({ hidden_size: 4096, intermediate_size: 16384 }),
    'bundleTooLarge',
    /the model has [\d,]+ MB of weights; the limit on this device is 16 MB/,
  ],
  [
    'fewer rows than tokens',
    config({ vocab_size: 263 }),
    'bundleConfig',
    /vocab_size is 263, but tokenizer\.json has 264 tokens/,
  ],
  [
    'a padded vocabulary without its rows',
    config({ vocab_size: 272 }),
    'bundleWeights',
    /word_embeddings\.weight has the shape \[264,4\], but config\.json requires \[272,4\]/,
  ],
  [
    'an immense vocabulary',
    config({ vocab_size: 1e9 }),
    'bundleConfig',
    /vocab_size is 1000000000, .* at most 1000000/,
  ],
  [
    'another <pad>',
    config({ pad_token_id: 2 }),
    'bundleConfig',
    /pad_token_id is 2, but tokenizer\.json has <pad> as 1/,
  ],
  [
    'a config that is no JSON',
    (files) => new Map([...files, ['config.json', bytesOf('{"a":')]]),
    'bundleConfig',
    /config\.json is not JSON/,
  ],
  [
    'a config that is no text',
    (files) => new Map([...files, ['config.json', Uint8Array.of(0xc3, 0x28)]]),
    'bundleArchive',
    /config\.json is not UTF-8 text/,
  ],
  [
    'an immense config',
    (files) => new Map([...files, ['config.json', new Uint8Array(2 ** 21)]]),
    'bundleTooLarge',
    /config\.json is 2 MB; the limit is 1 MB/,
  ],
  [
    'WordPiece',
    tokenizer((json) => ({ ...json, model: { type: 'WordPiece', vocab: {}, merges: [] } })),
    'bundleTokenizer',
    /tokenizer\.json: model\.type is "WordPiece"/,
  ],
  [
    'a normalizer that can’t be applied',
    tokenizer((json) => ({ ...json, normalizer: { type: 'Precompiled', precompiled_charsmap: '' } })),
    'bundleTokenizer',
    /normalizer is Precompiled, which Folio can’t apply; it supports NFC,/,
  ],
  [
    'another token type for special tokens',
    tokenizer((json) => {
      const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
      const single = [special('<s>', 1), { Sequence: { id: 'A', type_id: 0 } }, special('</s>', 0)];
      json['post_processor'] = { type: 'TemplateProcessing', single };
    }),
    'bundleTokenizer',
    /post_processor turns a text into “<s> \(type 1\) text <\/s>”, but Folio expects “<s> text <\/s>”, all of token type 0/,
  ],
  [
    'other words',
    tokenizer((json) => ({ ...json, pre_tokenizer: { type: 'Whitespace' } })),
    'bundleTokenizer',
    /pre_tokenizer is Whitespace, but Folio expects ByteLevel/,
  ],
  [
    'a special token more than the model has rows',
    tokenizer((json) => ({ ...json, added_tokens: [{ id: 264, content: '[USER]', special: true }] })),
    'bundleConfig',
    /vocab_size is 264, but tokenizer\.json has 265 tokens/,
  ],
  [
    'an added token without a name',
    tokenizer((json) => ({ ...json, added_tokens: [{ id: 264, content: '' }] })),
    'bundleTokenizer',
    /added_tokens\.0\.content is "", but Folio expects a name/,
  ],
  [
    'too many added tokens',
    tokenizer((json) => ({
      ...json,
      added_tokens: Array.from({ length: 5000 }, (_, id) => ({ id: 264 + id, content: `[${id}]` })),
    })),
    'bundleTokenizer',
    /added_tokens is .*, but Folio expects at most 4096/,
  ],
  [
    'no <mask>',
    tokenizer(({ model, ...json }) => ({
      ...json,
      added_tokens: [],
      model: {
        ...model,
        vocab: Object.fromEntries(
          Object.entries(model['vocab'] as Json)
            .filter(([token]) => token !== '<mask>')
            .map(([token], id) => [token, id]),
        ),
      },
    })),
    'bundleTokenizer',
    /<mask> is not among the tokens/,
  ],
  [
    'an id twice',
    tokenizer(({ model }) => set(model['vocab'], { a: 9 })),
    'bundleTokenizer',
    /model\.vocab gives “.+” the ID 9; IDs must be 0, 1, 2 and so on, each used once/,
  ],
  ['an id far away', tokenizer(({ model }) => set(model['vocab'], { a: 1e9 })), 'bundleTokenizer', /the ID 1000000000/],
  [
    'a byte without a token',
    tokenizer(({ model }) => {
      const vocab = model['vocab'] as Json;
      vocab['zz'] = vocab['a'];
      delete vocab['a'];
    }),
    'bundleTokenizer',
    /has no token for the byte 97 \(“a”\)/,
  ],
  [
    'a merge of three',
    tokenizer(({ model }) => set(model, { merges: [['t', 'h', 'e']] })),
    'bundleTokenizer',
    /model\.merges\.0 is \["t","h","e"\], not a pair/,
  ],
  [
    'a merge of what is no token',
    tokenizer(({ model }) => set(model, { merges: ['q zz'] })),
    'bundleTokenizer',
    /model\.merges\.0 needs “zz”, which is not a token/,
  ],
  [
    'a missing tensor',
    header((json) => {
      const { 'lm_head.dense.bias': _, ...rest } = json;
      return rest;
    }),
    'bundleWeights',
    /model\.safetensors: .* (starts at byte|is missing)/,
  ],
  [
    'a renamed tensor',
    header((json) => {
      json['lm_head.dense.bia'] = entry(json, 'lm_head.dense.bias');
      delete json['lm_head.dense.bias'];
    }),
    'bundleWeights',
    /lm_head\.dense\.bias is missing/,
  ],
  [
    'a tensor too many',
    header((json) => {
      const end = Math.max(...Object.values(json).map(({ data_offsets }) => data_offsets?.[1] ?? 0));
      json['adapter.weight'] = { dtype: 'F32', shape: [2], data_offsets: [end, end + 8] };
    }, 8),
    'bundleWeights',
    /adapter\.weight is not part of the model/,
  ],
  [
    'another shape',
    header((json) => set(entry(json, WORDS), { shape: [4, 264] })),
    'bundleWeights',
    /word_embeddings\.weight has the shape \[4,264\], but config\.json requires \[264,4\]/,
  ],
  [
    'a shape of another size',
    header((json) => set(entry(json, WORDS), { shape: [264, 5] })),
    'bundleWeights',
    /has 4224 bytes, but F32 \[264,5\] takes 5280/,
  ],
  [
    'a dtype that is none',
    header((json) => set(entry(json, WORDS), { dtype: 'Q4' })),
    'bundleWeights',
    /word_embeddings\.weight has the dtype Q4, which Folio does not support/,
  ],
  [
    'integers for weights',
    header((json) => {
      const words = entry(json, WORDS);
      words.dtype = 'I64';
      words.shape = [132, 4];
    }),
    'bundleWeights',
    /has the shape \[132,4\]/,
  ],
  [
    'a header that points outside',
    header((json) => set(entry(json, WORDS), { data_offsets: [0, 1e12] })),
    'bundleWeights',
    /lies at \[0,1000000000000\], but the file has \d+ bytes of data/,
  ],
  [
    'a tensor that overlaps',
    header((json) => set(entry(json, 'lm_head.dense.bias'), { data_offsets: [0, 16] })),
    'bundleWeights',
    /starts at byte 0|starts at byte \d+, but the tensor before it ends at/,
  ],
  [
    'a header longer than the file',
    weightBytes((bytes) => {
      new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true);
      return bytes;
    }),
    'bundleWeights',
    /^model\.safetensors is not a safetensors file: it starts with something else/,
  ],
  [
    'weights that are cut off',
    weightBytes((bytes) => bytes.slice(0, bytes.length - 100)),
    'bundleWeights',
    /bytes of data/,
  ],
  [
    'a file of four bytes',
    weightBytes((bytes) => bytes.slice(0, 4)),
    'bundleWeights',
    /^model\.safetensors is cut off: it has 4 bytes/,
  ],
  ['NaN', lastNumber(Number.NaN), 'bundleWeights', /lm_head\.bias contains NaN at index 263; weights must be finite/],
  ['infinity', lastNumber(Number.NEGATIVE_INFINITY), 'bundleWeights', /contains -Infinity/],
];

describe('refused, with a sentence that names file and field', () => {
  test.each(REFUSED)('%s', async (_, change, code, sentence) => {
    const refused = await refusalOf(read(asFolder(change(await foreignBundle()))));
    expect(refused?.code).toBe(code);
    const { what, remedy } = describeError((refused as StudioError).toPlain());
    expect(what).toMatch(sentence);
    expect(remedy).toMatch(/\.$/);
  });

  test.each<[string, (own: Files) => Files, RegExp]>([
    [
      'a file that differs',
      weightBytes((bytes) => bytes.fill(1, -1)),
      /model\.safetensors is not the file that was written: its checksum differs/,
    ],
  ])('checksums: %s', async (_, change, sentence) => {
    const files = asFolder(change(await ownBundle()));
    const refused = await read(files).catch((thrown: unknown) => StudioError.from(thrown));
    expect(refused).toMatchObject({ code: 'bundleChecksum' });
    expect(describeError((refused as StudioError).toPlain()).what).toMatch(sentence);
    const opened = await readBundle(await openSource(files), LARGEST_BYTES, { unverified: true });
    expect(opened.checked).toBe(false);
    expect(opened.notices).toEqual([expect.stringMatching(/^Opened unverified .*: (config|model)\./)]);
  });
});

describe('hostile zips', () => {
  const refusedZip = async (bytes: Uint8Array<ArrayBuffer>): Promise<StudioError> => {
    const outcome = await refusalOf(read(asZip(bytes)));
    expect(outcome).not.toBeNull();
    return outcome as StudioError;
  };

  test('a bomb is refused before it goes off', async () => {
    const bomb = new Map([...(await foreignBundle()), ['model.safetensors', new Uint8Array(12 * 2 ** 20)]]);
    const zip = zipOf(bomb, 6);
    expect(zip.length).toBeLessThan(100_000);
    const error = await refusedZip(zip);
    expect(error.message).toMatch(/model\.safetensors would become far larger when unpacked/);
    const small = new Map([...(await foreignBundle()), ['config.json', new Uint8Array(2 ** 20)]]);
    expect((await refusedZip(zipOf(small, 6))).message).toMatch(/far larger when unpacked/);
  });

  test('an entry that is larger than it says is cut off', async () => {
    const zip = zipOf(await foreignBundle(), 6);
    const view = new DataView(zip.buffer);
    // Central directory entries start with PK 1 2; the size of the unpacked file stands 24 bytes further on.
    for (let place = 0; place + 46 < zip.length; place++) {
      if (view.getUint32(place, true) === 0x02014b50) view.setUint32(place + 24, 10, true);
    }
    expect((await refusedZip(zip)).code).toBe('bundleArchive');
  });

  test.each([
    ['text', bytesOf('this is no zip')],
    ['nothing', new Uint8Array()],
    ['the end of a zip alone', Uint8Array.from([0x50, 0x4b, 5, 6, ...new Uint8Array(18)])],
  ])('%s is no model', async (_, bytes) => {
    expect((await refusedZip(bytes)).code).toMatch(/^bundle(Archive|FileMissing|NotTheFile)$/);
  });

  test('two models in one zip are too many', async () => {
    const files = await foreignBundle();
    const both = [...files].flatMap(([path, bytes]): [string, Uint8Array<ArrayBuffer>][] => [
      [`a/${path}`, bytes],
      [`b/${path}`, bytes],
    ]);
    expect((await refusedZip(zipOf(new Map(both), 0))).message).toMatch(/contains 2 models, in my-bert\/a, my-bert\/b/);
  });

  test('names that lead elsewhere, or to the prototype of objects, do nothing', async () => {
    const files = new Map([
      ...(await foreignBundle()),
      ['../../etc/passwd', bytesOf('x')],
      ['__proto__', bytesOf('x')],
    ]);
    const outcome = await read(asZip(zipOf(files, 0))).catch((thrown: unknown) => StudioError.from(thrown));
    if (outcome instanceof StudioError) expect(outcome.code).toBe('bundleArchive');
    expect(({} as Json)['x']).toBeUndefined();
  });
});

describe('what is read', () => {
  test('Folio’s own: weights bit for bit, tokens, settings and documents', async () => {
    const files = await ownBundle();
    const bundle = await read(asFolder(files));
    expect(bundle).toMatchObject({ checked: true, layout: null, model: SMALL_MODEL, trained: SMALL_BPE });
    expect(bundle.weights).toEqual(smallWeights());
    expect(bundle.run).toMatchObject({ step: 20, config: { training: { steps: 20 } } });
    expect([...bundle.documents.keys()]).toEqual(['README.md', 'training_args.json', 'metrics.csv']);
    expect(bundle.documents.get('README.md')).toBe(textOf(files.get('README.md')));
    const path = 'runs/My-BERT/events.out.tfevents.1795512615.folio';
    expect(bundle.eventFiles).toEqual(new Map([[path, files.get(path)]]));
  });

  test('files of TensorBoard are passed on by name, and none that would lead elsewhere', async () => {
    const files = await foreignBundle();
    const name = 'events.out.tfevents.1.host';
    const others = ['runs/../x', 'runs/../../x', `runs/..`, 'runs/a/b', 'logs/a', '..'].map(
      (folder) => `${folder}/${name}`,
    );
    for (const path of [`runs/a/${name}`, ...others]) files.set(path, bytesOf('x'));
    expect([...(await read(asFolder(files))).eventFiles.keys()]).toEqual([`runs/a/${name}`]);
  });

  test('tokens with other ids, <pad> first: the way back gives the same bytes', async () => {
    const { files, original } = await moved(['<pad>', 'a'], 0);
    const bundle = await read(asFolder(files));
    expect(bundle.layout?.origin.padId).toBe(0);
    expect(bundle.trained.tokens.slice(0, 5)).toEqual(['<s>', '<pad>', '</s>', '<mask>', '<unk>']);
    expect(bundle.model.maxPositionEmbeddings).toBe(SMALL_MODEL.maxPositionEmbeddings + 1);
    for (const [name, values] of original) {
      const back = bundle.layout && toFile(bundle.layout, name, bundle.weights.get(name) ?? new Float32Array(), 4);
      expect(back, name).toEqual(values);
    }
  });

  test('<pad> far behind: rows that nobody reads are kept', async () => {
    const { files, original } = await moved(['a', 'b', 'c', '<pad>'], 3);
    const bundle = await read(asFolder(files));
    expect(bundle.layout?.origin.padId).toBe(3);
    expect(bundle.model.maxPositionEmbeddings).toBe(SMALL_MODEL.maxPositionEmbeddings - 2);
    const places = 'roberta.embeddings.position_embeddings.weight';
    const inside = bundle.weights.get(places) as Float32Array;
    // The engine's row 1 is the pad row, the file's row 3.
    expect([...inside.subarray(4, 8)]).toEqual([...(original.get(places)?.subarray(12, 16) ?? [])]);
    expect(bundle.layout && toFile(bundle.layout, places, inside, 4)).toEqual(original.get(places));
  });

  test.each(['F16', 'BF16'] as const)('%s numbers become float32, value for value', async (dtype) => {
    const files = await foreignBundle();
    const half = [...smallWeights()].map(([name, values]): [string, Uint16Array] => {
      const upper = new Uint16Array(values.slice().buffer).filter((_, place) => place % 2 === 1);
      return [name, dtype === 'F16' ? toHalf(values) : upper];
    });
    const specs = parameterSpecs(SMALL_MODEL, 264);
    const written = await collect(
      safetensorsFile(specs, 'float16').chunks(async (name) => smallWeights().get(name) ?? new Float32Array()),
    );
    const text = textOf(written).replaceAll('"F16"', `"${dtype}"`);
    const headerBytes = Number(new DataView(written.buffer).getBigUint64(0, true));
    const json = bytesOf(text.slice(8, 8 + headerBytes + (dtype === 'BF16' ? specs.length : 0)));
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(json.length), true);
    const data = half.flatMap(([, bits]) => [...new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength)]);
    const bundle = await read(
      asFolder(new Map([...files, ['model.safetensors', Uint8Array.from([...size, ...json, ...data])]])),
    );
    for (const [name, values] of smallWeights()) {
      const found = bundle.weights.get(name) as Float32Array;
      for (const [place, value] of values.entries()) {
        expect(Math.abs((found[place] ?? Number.NaN) - value)).toBeLessThanOrEqual(
          Math.abs(value) * (dtype === 'F16' ? 2 ** -10 : 2 ** -7),
        );
      }
    }
  });

  test('position ids and a pooler left over, and the decoder under its own name, are no harm', async () => {
    const specs = [
      ...parameterSpecs(SMALL_MODEL, 264).map(({ name, shape }) => ({ name, shape })),
      { name: 'roberta.embeddings.position_ids', shape: [1, 16] },
      { name: 'roberta.pooler.dense.bias', shape: [4] },
      { name: 'lm_head.decoder.weight', shape: [264, 4] },
    ];
    const tied = async (name: string): Promise<Float32Array> =>
      smallWeights().get(name.replace('lm_head.decoder.weight', WORDS)) ??
      new Float32Array(name.endsWith('ids') ? 16 : 4);
    const file = await collect(safetensorsFile(specs, 'float32').chunks(tied));
    const files = new Map([...(await foreignBundle()), ['model.safetensors', file]]);
    expect((await read(asFolder(files))).weights).toEqual(smallWeights());
    const untied = await collect(
      safetensorsFile(specs, 'float32').chunks(async (name) => {
        const values = (await tied(name)).slice();
        if (name === 'lm_head.decoder.weight') values[7] = 9;
        return values;
      }),
    );
    await expect(read(asFolder(new Map([...files, ['model.safetensors', untied]])))).rejects.toThrowError(
      /lm_head\.decoder\.weight differs from/,
    );
  });

  test('rows beyond the tokens, further token types and tokens, a space before: the way back gives the same values', async () => {
    const { files, weights: original } = await extendedBundle();
    const bundle = await read(asFolder(files));
    const { layout } = bundle;
    if (layout === null) throw new Error('it has Folio’s own form');
    for (const [name, values] of original) {
      expect(toFile(layout, name, bundle.weights.get(name) ?? new Float32Array(), 4), name).toEqual(values);
    }
    expect(sizesOf(layout, 4, 265)).toEqual({ vocabSize: 272, padId: 1, tokenTypes: 3 });
    const reader = createTokenizer(bundle.trained, bundle.traits);
    expect([reader.tokenCount, reader.vocabSize]).toEqual([265, 272]);
    const tokens = reader.encode('the[USER]  the').map(reader.tokenOf);
    expect(tokens).toEqual(['Ġthe', '[USER]', 'Ġthe']);
    // To train on, the names of special tokens are text.
    expect(reader.encodeWords('[USER]').flat().length).toBeGreaterThan(5);
  });

  test('merges as one string, and a <mask> that leaves the space before it', async () => {
    const files = tokenizer((json) => {
      const { model } = json;
      model['merges'] = (model['merges'] as string[][]).map((pair) => pair.join(' '));
      for (const token of json['added_tokens'] as Json[]) token['lstrip'] = false;
    })(without('tokenizer_config.json')(await foreignBundle()));
    const bundle = await read(asFolder(files));
    expect(bundle.trained.merges).toEqual(SMALL_BPE.merges);
    const ids = (traits?: TokenizerTraits) => createTokenizer(bundle.trained, traits).encode('a <mask>').length;
    expect([ids(), ids(bundle.traits)]).toEqual([2, 3]);
  });
});

async function collect(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunks) parts.push(chunk.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** The small bundle with its tokens in another order: the given ones first, the others after them. */
async function moved(
  first: readonly string[],
  padId: number,
): Promise<{ files: Files; original: Map<string, Float32Array> }> {
  const original = smallWeights();
  const tokens = [...first, ...SMALL_BPE.tokens.filter((token) => !first.includes(token))];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  let files = await foreignBundle();
  files = tokenizer((json) => {
    json.model['vocab'] = vocab;
    for (const token of json['added_tokens'] as Json[]) token['id'] = vocab[String(token['content'])];
  })(files);
  return { files: config({ pad_token_id: padId })(files), original };
}
