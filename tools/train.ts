/**
 * `npm run train`: trains with the page's own engine, in a headless browser. Progress goes to standard error, one line of
 * JSON about the run to standard output, the trained model to a folder.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { metricsOf } from '../src/core/metrics.ts';
import { warmupFor } from '../src/core/settings.ts';
import type { RunSummary } from '../src/steps/train/trainCommands.ts';
import { suggestSteps, suggestVocabSize } from '../src/text/tokenizer/suggestSize.ts';
import { ensureBuild } from './build.ts';
import { collectCases } from './cases.ts';
import { type HeadlessEngine, openHeadlessEngine } from './headlessEngine.ts';
import { createProgress, formatSeconds, type Progress } from './progress.ts';
import { type ServedApp, serveApp } from './serve.ts';
import { parseTrainArgs, type TrainRequest, trainHelp } from './trainArgs.ts';
import { failureOf } from './usage.ts';
import { writeBundle } from './writeBundle.ts';

/** Away from the port of `npm start`, though the next free one is taken anyway. */
const FIRST_PORT = 4273;

async function followProgress(engine: HeadlessEngine, progress: Progress): Promise<void> {
  let steps = 0;
  await engine.subscribe('train.state', (state) => {
    steps = state.steps;
  });
  await engine.subscribe('tokenizer.progress', ({ done, vocabSize }) => {
    progress.update(`Tokenizer: ${Math.round(done * 100)}%, ${vocabSize} entries`);
  });
  await engine.subscribe('train.reference', ({ random, unigram, neighbours, neighbourTop1 }) => {
    progress.say(
      `To compare with, on the same masks: random ${random.toFixed(3)}, unigram ${unigram.toFixed(3)}, ` +
        `neighbour counts ${neighbours.toFixed(3)} (top-1 ${(neighbourTop1 * 100).toFixed(1)}%).`,
    );
  });
  await engine.subscribe('train.metrics', ({ points, heldOut }) => {
    for (const point of heldOut) {
      progress.say(
        `Step ${point.step}: held-out loss ${point.loss.toFixed(3)}, top-1 ${(point.top1 * 100).toFixed(1)}%`,
      );
    }
    const last = points.at(-1);
    if (last === undefined) return;
    const leftSeconds = (last.elapsedMs / 1000 / Math.max(1, last.step)) * (steps - last.step);
    progress.update(
      `Step ${last.step} of ${steps}, loss ${last.loss.toFixed(3)}, ${Math.round(last.tokensPerSecond)} tokens/s, ` +
        `${formatSeconds(leftSeconds)} left`,
    );
  });
}

/** Data, tokenizer, model, training: the same commands as the page sends. */
async function trainOn(engine: HeadlessEngine, request: TrainRequest, progress: Progress): Promise<RunSummary> {
  const { config } = request;
  const corpus = await engine.loadFiles(request.corpusPaths, config.data);
  for (const notice of corpus.notices) progress.say(notice);
  progress.say(`Text: ${corpus.samples} lines in ${corpus.documents} documents, ${corpus.heldOutDocuments} held out.`);
  const device = await engine.call('device.probe', { choice: request.backend });
  progress.say(`Device: ${device.active}, ${device.adapter}. ${device.reason}`);
  const { vocabSize } = request.suggestsVocabSize ? suggestVocabSize(corpus) : config.tokenizer;
  const tokenizer = await engine.call('tokenizer.train', { config: { ...config.tokenizer, vocabSize } });
  progress.say(`Tokenizer: ${tokenizer?.vocabSize} entries. ${tokenizer?.shortfall ?? ''}`.trim());
  const { pipeline, model } = config;
  const { suggestsSteps, suggestsWarmup } = request;
  const steps = suggestsSteps ? suggestSteps(corpus) : config.training.steps;
  const warmupSteps = suggestsSteps && suggestsWarmup ? warmupFor(steps) : config.training.warmupSteps;
  const training = { ...config.training, steps, warmupSteps };
  const { parameters } = await engine.call('model.create', { model, pipeline, training });
  progress.say(`Model: ${parameters} parameters.`);
  return engine.call('train.start', { model, pipeline, training, keepAs: null });
}

/** The figures of the closing line, by the keys that other programs read, in order; null where nothing was held out. */
function figuresOf(summary: RunSummary): Record<string, number | string | null> {
  const { steps, seconds, backend, adapter, tokensPerSecond, dataWaitShare, trainLoss, heldOut, reference } = summary;
  const { vocabSize, parameters } = summary;
  const measured = metricsOf('heldOut').filter(([, { tag }]) => tag !== undefined);
  return {
    ...{ steps, seconds, backend, adapter, tokensPerSecond, dataWaitShare },
    ...{ trainLoss, heldOutLoss: null, heldOutTop1: null, heldOutTop5: null, vocabSize, parameters },
    randomLoss: reference?.random ?? null,
    unigramLoss: reference?.unigram ?? null,
    neighbourLoss: reference?.neighbours ?? null,
    neighbourTop1: reference?.neighbourTop1 ?? null,
    neighbourTop5: reference?.neighbourTop5 ?? null,
    wordTableTop1: reference?.words?.top1 ?? null,
    wordTableTop5: reference?.words?.top5 ?? null,
    ...Object.fromEntries(
      measured.map(([key]) => [`heldOut${key[0]?.toUpperCase()}${key.slice(1)}`, heldOut?.[key] ?? null]),
    ),
  };
}

async function train(request: TrainRequest, onOpen: (what: { close(): Promise<void> }) => void): Promise<void> {
  const progress = createProgress(process.stderr, () => performance.now());
  await ensureBuild();
  const app: ServedApp = await serveApp(FIRST_PORT);
  onOpen(app);
  const engine = await openHeadlessEngine(app.url);
  onOpen(engine);
  await followProgress(engine, progress);
  const summary = await trainOn(engine, request, progress);
  if (request.casesPath !== null) {
    const corpus = request.corpusPaths[0] ?? '';
    const cases = await collectCases(engine, corpus);
    writeFileSync(request.casesPath, JSON.stringify({ ...cases, figures: figuresOf(summary), corpus }));
  }
  writeBundle(await engine.downloadZip(basename(request.outPath), request.exported), request.outPath);
  progress.say(`Written to ${request.outPath}.`);
  console.log(JSON.stringify(figuresOf(summary)));
}

/** Runs the command and closes whatever it opened, on Ctrl-C too. @returns the exit code. */
async function main(): Promise<number> {
  const opened: { close(): Promise<void> }[] = [];
  const interrupted = new Promise<number>((resolve) => {
    process.on('SIGINT', () => resolve(130));
    process.on('SIGTERM', () => resolve(143));
    process.on('SIGHUP', () => resolve(129));
  });
  try {
    const request = parseTrainArgs(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
    if (request === null) {
      console.log(trainHelp());
      return 0;
    }
    const run = train(request, (what) => opened.unshift(what)).then(() => 0);
    // After Ctrl-C it fails, since its browser was closed; nobody waits for it then.
    run.catch(() => undefined);
    return await Promise.race([run, interrupted]);
  } catch (thrown) {
    const { exitCode, sentence } = failureOf(thrown);
    console.error(sentence);
    return exitCode;
  } finally {
    for (const what of opened) await what.close();
  }
}

process.exit(await main());
