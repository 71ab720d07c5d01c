import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configForPreset } from '../src/core/config.ts';
import { DEFAULT_EXPORT, type ExportOptions } from '../src/files/exportOptions.ts';
import { holdCheckpoints, removeCheckpoints } from './checkpointFolder.ts';
import { parseTrainArgs, type TrainRequest, trainHelp } from './trainArgs.ts';
import { failureOf } from './usage.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'folio-args-'));
  writeFileSync(join(folder, 'verses.txt'), 'a\n');
  mkdirSync(join(folder, 'there'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BASE = ['--corpus', 'verses.txt', '--out', 'model'];

function parse(...args: string[]): TrainRequest {
  const request = parseTrainArgs([...BASE, ...args], folder);
  if (request === null) throw new Error('help was not asked for');
  return request;
}

function refusal(args: readonly string[]): { exitCode: number; sentence: string } {
  try {
    parseTrainArgs(args, folder);
  } catch (thrown) {
    return failureOf(thrown);
  }
  throw new Error(`accepted: ${args.join(' ')}`);
}

describe('what is understood', () => {
  test('with nothing else given, it is the default run', () => {
    const request = parse();
    expect(request.config).toEqual(configForPreset('tiny'));
    expect(request.backend).toBe('auto');
    expect(request.corpusPaths).toEqual([join(folder, 'verses.txt')]);
    expect(request.outPath).toBe(join(folder, 'model'));
  });

  test('a preset, and what is changed about it', () => {
    const { config } = parse(
      '--preset',
      'micro',
      '--seq-length=48',
      '--steps',
      '50',
      '--hidden-size',
      '64',
      '--dropout',
      '0',
    );
    const micro = configForPreset('micro');
    expect(config.pipeline.seqLength).toBe(48);
    expect(config.training).toEqual({ ...micro.training, steps: 50, warmupSteps: 5 });
    expect(config.model).toEqual({
      ...micro.model,
      hiddenSize: 64,
      intermediateSize: 256,
      maxPositionEmbeddings: 50,
      hiddenDropoutProb: 0,
      attentionProbsDropoutProb: 0,
    });
  });

  test('every setting that has an option', () => {
    const args = {
      'vocab-size': 300,
      'min-frequency': 3,
      'held-out': 0,
      'split-seed': 7,
      'masking-rate': 0.2,
      positions: 90,
      dropout: 0.25,
      'attention-dropout': 0.05,
      'layer-norm-epsilon': 1e-6,
      'initializer-range': 0.05,
      'gradient-accumulation': 2,
      beta1: 0.8,
      beta2: 0.95,
      epsilon: 1e-7,
      'label-smoothing': 0.1,
      'average-decay': 0.99,
      patience: 4,
      'log-every': 3,
      layers: 3,
      heads: 8,
      'intermediate-size': 100,
      'batch-size': 5,
      'learning-rate': 0,
      'warmup-steps': 0,
      'weight-decay': 0.1,
      'clip-norm': 0,
      'eval-every': 0,
      seed: 4_294_967_295,
    };
    const { config, backend } = parse(
      ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)]),
      ...['--packing', 'lines', '--masking-strategy', 'noUnchanged', '--schedule', 'oneCycle', '--backend', 'wasm'],
      ...['--masking-unit', 'span', '--masking', 'static', '--loss-positions', 'all', '--keep-weights', 'last'],
      ...['--initialization', 'scaled'],
    );
    expect(config.tokenizer).toEqual({ vocabSize: 300, minFrequency: 3 });
    expect(config.data).toEqual({ heldOutShare: 0, splitSeed: 7 });
    expect(config.pipeline).toMatchObject({ maskingRate: 0.2, packing: 'lines', maskingStrategy: 'noUnchanged' });
    expect(config.pipeline).toMatchObject({ maskingUnit: 'span', masking: 'static', lossPositions: 'all' });
    expect(config.model).toMatchObject({ numHiddenLayers: 3, numAttentionHeads: 8, intermediateSize: 100 });
    expect(config.model).toMatchObject({ maxPositionEmbeddings: 90, hiddenDropoutProb: 0.25 });
    expect(config.model).toMatchObject({ attentionProbsDropoutProb: 0.05, layerNormEps: 1e-6 });
    expect(config.model).toMatchObject({ initialization: 'scaled', initializerRange: 0.05 });
    expect(config.training).toMatchObject({ batchSize: 5, learningRate: 0, warmupSteps: 0, schedule: 'oneCycle' });
    expect(config.training).toMatchObject({ gradientAccumulation: 2, beta1: 0.8, beta2: 0.95, epsilon: 1e-7 });
    expect(config.training).toMatchObject({ labelSmoothing: 0.1, averageDecay: 0.99, keepWeights: 'last' });
    expect(config.training).toMatchObject({ patience: 4, logEvery: 3 });
    expect(config.training).toMatchObject({ weightDecay: 0.1, clipNorm: 0, evalEvery: 0, seed: 4_294_967_295 });
    expect(backend).toBe('wasm');
  });

  test('several texts, and the last of a repeated option', () => {
    writeFileSync(join(folder, 'more.txt'), 'b\n');
    const request = parse('--corpus', 'more.txt', '--steps', '5', '--steps', '6');
    expect(request.corpusPaths).toEqual([join(folder, 'verses.txt'), join(folder, 'more.txt')]);
    expect(request.config.training.steps).toBe(6);
  });

  test('repairs of the text, in a list', () => {
    expect(parse().repairs).toEqual([]);
    expect(parse('--repair', 'frame, wrapped-lines').repairs).toEqual(['frame', 'wrapped-lines']);
  });

  test('every setting of a run has an option', () => {
    const named = new Set(trainHelp().match(/--[\w-]+/g));
    const fields = Object.values(configForPreset('tiny')).flatMap((part) => Object.keys(part));
    // corpus, text-field, encoding, format, repair, out, open, resume, preset, backend, browser, weights, onnx, extras and
    // cases are no settings.
    expect(named.size - 15).toBe(fields.length);
  });

  test('how the text is read', () => {
    expect(parse().reading).toEqual({});
    const reading = parse('--text-field', 'verse', '--encoding', 'CP1251', '--format', 'csv').reading;
    expect(reading).toEqual({ field: 'verse', encoding: 'CP1251', format: 'csv' });
    expect(refusal([...BASE, '--format', 'docx']).sentence).toMatch(
      /^--format can’t be "docx": it must be one of plain, /,
    );
    expect(refusal([...BASE, '--encoding', 'utf-9']).sentence).toMatch(
      /^--encoding can’t be "utf-9": it must be one of utf-8, /,
    );
  });

  test('settings follow from the text unless they are given', () => {
    expect(parse().isFree('tokenizer.vocabSize')).toBe(true);
    expect(parse('--vocab-size', '512').isFree('tokenizer.vocabSize')).toBe(false);
    expect(parse('--vocab-size', '512').isFree('model.hiddenDropoutProb')).toBe(true);
    expect(parse('--preset', 'notebook').isFree('tokenizer.vocabSize')).toBe(false);
    expect(parse('--preset', 'notebook').config.tokenizer.vocabSize).toBe(30_522);
  });

  test('a run that was interrupted goes on with what it was asked for, and nothing else', async () => {
    const out = join(folder, 'interrupted');
    const exported: ExportOptions = { ...DEFAULT_EXPORT, weights: 'float16', onnx: ['q8'] };
    expect(refusal(['--resume', 'interrupted']).sentence).toBe('interrupted contains no interrupted run.');
    mkdirSync(join(out, 'checkpoints/runs/a'), { recursive: true });
    const release = await holdCheckpoints(out, { backend: 'wasm', exported });
    await expect(holdCheckpoints(out, { backend: 'wasm', exported })).rejects.toThrow('by another process');
    release();
    (await holdCheckpoints(out, { backend: 'wasm', exported }))();
    const request = parseTrainArgs(['--resume', 'interrupted', '--onnx', 'none'], folder);
    expect(request).toMatchObject({ resumes: true, outPath: out, backend: 'wasm' });
    expect(request?.exported).toEqual({ weights: 'float16', onnx: [], extras: [] });
    expect(refusal(['--resume', 'interrupted', '--steps', '5']).sentence).toBe(
      '--steps can’t be given with --resume: the run has its own.',
    );
    expect(refusal(['--resume', 'there']).sentence).toBe('there contains no interrupted run.');
    expect(refusal(['--corpus', 'verses.txt', '--out', 'interrupted']).sentence).toMatch(
      /^interrupted contains an interrupted run: resume it with --resume interrupted, /,
    );
    removeCheckpoints(out);
    expect(existsSync(out)).toBe(false);
  });

  test('a model that is opened keeps its own settings but for those that are given', () => {
    const request = parse('--open', 'there', '--steps', '7', '--batch-size', '3');
    expect(request.openPath).toBe(join(folder, 'there'));
    const opened = configForPreset('micro');
    expect(request.over(opened)).toEqual({
      ...opened,
      training: { ...opened.training, steps: 7, warmupSteps: 1, batchSize: 3 },
    });
    expect(refusal([...BASE, '--open', 'there', '--hidden-size', '64']).sentence).toBe(
      '--hidden-size can’t be given with --open: the model has its own.',
    );
    expect(refusal([...BASE, '--open', 'none']).sentence).toBe('none not found.');
  });

  test('--help, which names every option', () => {
    expect(parseTrainArgs(['--help'], folder)).toBeNull();
    expect(trainHelp()).toContain('--held-out SHARE');
  });
});

describe('what is refused, with exit code 2 and one sentence', () => {
  test.each([
    [['--out', 'model'], '--corpus is missing: name the text to train on.'],
    [['--corpus', 'verses.txt'], '--out is missing: name the folder for the trained model.'],
    [['--corpus', 'none.txt', '--out', 'model'], 'none.txt not found.'],
    [['--corpus', 'there', '--out', 'model'], 'there is not a file.'],
    [['--corpus', 'verses.txt', '--out', 'verses.txt'], 'verses.txt exists and is not a directory.'],
    [[...BASE, '--cases', 'there'], 'there exists and is not a file.'],
    [[...BASE, '--frobnicate'], "Unknown option '--frobnicate'."],
    [[...BASE, 'extra'], expect.stringContaining("'extra'")],
    [[...BASE, '--steps'], expect.stringContaining('--steps')],
    [[...BASE, '--preset', 'huge'], expect.stringMatching(/^--preset can’t be "huge": it must be one of micro, tiny/)],
    [
      [...BASE, '--backend', 'cuda'],
      expect.stringMatching(/^--backend can’t be "cuda": it must be one of auto, webgpu/),
    ],
    [
      [...BASE, '--repair', 'all'],
      expect.stringMatching(/^--repair can’t be "all": it must be one of mojibake, codes, escapes, /),
    ],
    [[...BASE, '--steps', 'many'], '--steps can’t be "many": it needs a number.'],
    [[...BASE, '--steps', ''], '--steps can’t be "": it needs a number.'],
    [[...BASE, '--steps', '-5'], 'Steps can’t be -5: the value must be a whole number from 1 to 1,000,000.'],
    [[...BASE, '--steps', '1e99'], expect.stringContaining('Steps can’t be 1e+99')],
    [[...BASE, '--steps', '2.5'], expect.stringContaining('Steps can’t be 2.5')],
    [[...BASE, '--held-out', '0.9'], expect.stringContaining('Held-out share can’t be 0.9')],
    [[...BASE, '--vocab-size', '10'], expect.stringContaining('Vocabulary size can’t be 10')],
    [[...BASE, '--heads', '3'], expect.stringMatching(/^Attention heads can’t be 3: the value must divide/)],
    [[...BASE, '--packing', 'loose'], expect.stringContaining('Packing can’t be loose')],
    [[...BASE, '--schedule', 'zigzag'], expect.stringContaining('Learning-rate schedule can’t be zigzag')],
  ])('%j', (args, sentence) => {
    const { exitCode, sentence: said } = refusal(args);
    expect(exitCode).toBe(2);
    expect(said).toEqual(sentence);
    expect(said).toMatch(/^[^\n]*\.$/);
    expect(said).not.toMatch(/\. [A-Z]/);
  });

  test.skipIf(process.platform !== 'linux')('a folder that can not be made, not even by root', () => {
    expect(refusal(['--corpus', 'verses.txt', '--out', '/proc/folio']).sentence).toMatch(
      /^\/proc\/folio can’t be written/,
    );
  });

  test('a folder below a file', () => {
    expect(refusal(['--corpus', 'verses.txt', '--out', 'verses.txt/model']).sentence).toContain('can’t be written');
  });

  test('the trial leaves nothing behind', () => {
    parse();
    parseTrainArgs(['--corpus', 'verses.txt', '--out', 'deep/er/model'], folder);
    expect(existsSync(join(folder, 'model')) || existsSync(join(folder, 'deep'))).toBe(false);
  });
});

test('what is no fault of the input ends with exit code 1', () => {
  expect(failureOf(new Error('the disk is full'))).toEqual({ exitCode: 1, sentence: 'the disk is full' });
});
