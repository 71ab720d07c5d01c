/**
 * `npm run train`: trains with the page's own engine, in Node or in a headless browser. Progress goes to standard error, one line
 * of JSON about the run to standard output, the trained model to a folder.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { type FieldPath, type RunConfig, type RunSettings, withField } from '../src/core/config.ts';
import { counted } from '../src/core/counts.ts';
import { DEVICE_TITLES, deviceName } from '../src/core/device.ts';
import { warmupFor } from '../src/core/settings.ts';
import type { CorpusSummary } from '../src/steps/data/dataCommands.ts';
import type { RunSummary } from '../src/steps/train/trainCommands.ts';
import { readingNotices } from '../src/text/reading/reading.ts';
import { suggestSettings, suggestSteps } from '../src/text/tokenizer/suggestSize.ts';
import { collectCases } from './cases.ts';
import { checkpointFolder, holdCheckpoints, removeCheckpoints } from './checkpointFolder.ts';
import type { Engine } from './engine.ts';
import { openEngine } from './openEngine.ts';
import { createProgress, type Progress } from './progress.ts';
import { parseTrainArgs, type TrainRequest, trainHelp } from './trainArgs.ts';
import { figuresOf, followRun, type Watched } from './trainReport.ts';
import { commandLine } from './usage.ts';

/** Reads and repairs the text, and says what was done and what else is found in it. */
async function loadText(engine: Engine, request: TrainRequest, progress: Progress): Promise<CorpusSummary> {
  const { corpusPaths, repairs, config, reading } = request;
  const read = await engine.loadFiles(corpusPaths, config.data, reading);
  const corpus = repairs.length === 0 ? read : await engine.call('data.repair', { names: repairs });
  for (const notice of [...readingNotices(corpus.readings), ...corpus.notices]) progress.say(notice);
  for (const { name, repaired } of corpus.repairs) progress.say(`Repaired (${name}): ${repaired}.`);
  const idle = repairs.filter((name) => !corpus.repairs.some((repair) => repair.name === name));
  if (idle.length > 0) progress.say(`Nothing to repair: ${idle.join(', ')}.`);
  for (const { name, sentence, example } of corpus.findings ?? []) {
    const place = example.after === null ? example.before : `${example.before} → ${example.after}`;
    progress.say(`Text check: ${sentence} For example: ${place} (--repair ${name})`);
  }
  return corpus;
}

/** Text and device. @returns the text */
async function prepare(engine: Engine, request: TrainRequest, progress: Progress): Promise<CorpusSummary> {
  const corpus = await loadText(engine, request, progress);
  progress.say(
    `Text: ${counted(corpus.samples, 'line')} in ${counted(corpus.documents, 'document')}, ${corpus.heldOutDocuments} held out.`,
  );
  const device = await engine.call('device.probe', { choice: request.backend });
  progress.say(`Device: ${deviceName(device.active, device.adapter)}. ${device.reason}`);
  return corpus;
}

/** The settings, with those that follow from the text where they were not given. */
export function settingsFor({ config, isFree }: TrainRequest, corpus: CorpusSummary): RunConfig {
  const steps = suggestSteps(corpus);
  const ofSteps = { 'training.steps': steps, 'training.warmupSteps': warmupFor(steps) };
  const suggested = { ...suggestSettings(corpus), ...(isFree('training.steps') && ofSteps) };
  return (Object.entries(suggested) as [FieldPath, string | number][])
    .filter(([path]) => isFree(path))
    .reduce((next, [path, value]) => withField(next, path, value), config);
}

/** Text, tokenizer, model, training: the same commands as the page sends. */
async function trainFresh(engine: Engine, request: TrainRequest, progress: Progress): Promise<RunSummary> {
  const corpus = await prepare(engine, request, progress);
  const { tokenizer, pipeline, model, training } = settingsFor(request, corpus);
  const trained = await engine.call('tokenizer.train', { config: tokenizer });
  progress.say(`Tokenizer: ${counted(trained?.vocabSize ?? 0, 'token')}. ${trained?.shortfall ?? ''}`.trim());
  const settings: RunSettings = { model, pipeline, training };
  const { parameters } = await engine.call('model.create', settings);
  progress.say(`Model: ${counted(parameters, 'parameter')}.`);
  return engine.call('train.start', { ...settings, keepAs: nameOf(request) });
}

/** Trains a model further that was made before, here or elsewhere: with its own settings but for those that were given. */
async function trainOpened(engine: Engine, path: string, request: TrainRequest, progress: Progress) {
  await prepare(engine, request, progress);
  const opened = await engine.openModel(path);
  const { model, pipeline, training } = request.over(opened.config);
  const behind = opened.step === null ? '' : `, trained for ${counted(opened.step, 'step')} already`;
  progress.say(`Model: ${opened.name}, ${counted(opened.parameters, 'parameter')}${behind}.`);
  for (const notice of opened.notices) progress.say(notice);
  return engine.call('train.start', { model, pipeline, training, start: 'opened', keepAs: nameOf(request) });
}

/** Goes on with the newest run of the folder from its last saved step; one that had ended is written again. */
async function resume(engine: Engine, progress: Progress): Promise<RunSummary> {
  const { runs } = await engine.call('runs.list', {});
  const opened = await engine.call('runs.open', { id: runs[0]?.id ?? '' });
  for (const notice of opened.notices) progress.say(notice);
  progress.say(
    `Resumed at step ${opened.state.step} of ${opened.state.steps}, on ${DEVICE_TITLES[opened.device.active]}.`,
  );
  return opened.summary ?? engine.call('train.continue', {});
}

/** What a run is called where it is kept; a browser's storage goes with it. */
function nameOf({ browser, outPath }: TrainRequest): string | null {
  return browser ? null : basename(outPath);
}

async function train(engine: Engine, request: TrainRequest, progress: Progress): Promise<void> {
  const { outPath, openPath, casesPath, corpusPaths, exported } = request;
  const summary = await (request.resumes
    ? resume(engine, progress)
    : openPath === null
      ? trainFresh(engine, request, progress)
      : trainOpened(engine, openPath, request, progress));
  if (casesPath !== null) {
    const corpus = corpusPaths[0] ?? '';
    const cases = await collectCases(engine, corpus);
    writeFileSync(casesPath, JSON.stringify({ ...cases, figures: figuresOf(summary), corpus }));
  }
  await engine.writeBundle(outPath, exported);
  progress.say(`Written to ${outPath}.`);
  console.log(JSON.stringify(figuresOf(summary)));
}

/** Pauses a run, which saves it. Resolves once it is saved, or can't be. */
async function pauseAndSave(engine: Engine, { state }: Watched): Promise<void> {
  if (state?.phase !== 'running') return;
  const paused = engine.call('train.pause', {});
  await new Promise<void>((resolve) => {
    void engine.subscribe('run.kept', async ({ step, problem }) => {
      if (problem !== null || (step ?? -1) >= (await paused).step) resolve();
    });
  });
}

/** Saves what there is, and says how to go on. */
async function leave(
  engine: Engine,
  watched: Watched,
  { outPath, browser, resumes }: TrainRequest,
  progress: Progress,
) {
  if (browser) return;
  await pauseAndSave(engine, watched);
  const saved = watched.kept?.step ?? null;
  if (saved === null && !resumes) return;
  const where = saved === null ? '' : `Saved at step ${saved}. `;
  progress.say(`${where}To resume: ${commandLine('train')} --resume ${outPath}`);
}

/** The exit code of the signal that ends the command. A second one does not wait until all is saved. */
function interruption(): Promise<number> {
  return new Promise((resolve) => {
    const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    let firstMs: number | null = null;
    for (const [signal, code] of Object.entries(codes)) {
      process.on(signal, () => {
        // A terminal sends it to npm's processes as well, which hand it on.
        if (firstMs !== null && performance.now() - firstMs > 1000) process.exit(code);
        firstMs ??= performance.now();
        resolve(code);
      });
    }
  });
}

/** Runs the command and closes whatever it opened, on Ctrl-C too. @returns the exit code */
async function run(request: TrainRequest): Promise<number> {
  const { browser, backend, outPath, exported } = request;
  const interrupted = interruption();
  const progress = createProgress(process.stderr, () => performance.now());
  const release = browser ? null : await holdCheckpoints(outPath, { backend, exported });
  const folder = browser ? null : checkpointFolder(outPath);
  let watched: Watched = { state: null, kept: null };
  try {
    const engine = await Promise.race([openEngine({ browser, backend, folder }), interrupted]);
    if (typeof engine === 'number') return engine;
    try {
      watched = await followRun(engine, progress);
      const running = train(engine, request, progress);
      // After Ctrl-C it fails, since its engine was closed; nobody waits for it then.
      running.catch(() => undefined);
      const code = await Promise.race([running.then(() => 0), interrupted]);
      if (code === 0) removeCheckpoints(outPath);
      else await leave(engine, watched, request, progress);
      return code;
    } finally {
      await engine.close();
    }
  } finally {
    release?.();
    // A run that never began leaves nothing behind.
    if (!browser && !request.resumes && watched.kept === null) removeCheckpoints(outPath);
  }
}

/** @returns the exit code */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const request = parseTrainArgs(args, folder);
  if (request !== null) return run(request);
  console.log(trainHelp());
  return 0;
}
