/// <reference lib="webworker" />
/** The engine's worker: one table from commands to handlers, and nothing else. */
import { StudioError } from '../core/errors.ts';
import { loadData, previewData, splitData } from './handlers/data.ts';
import { cancelExport, listBundle, saveFolder, zipBundle } from './handlers/export.ts';
import { findNeighbours, lookAtText, mapVocabulary, measureSurprise, suggestPassage } from './handlers/inside.ts';
import { measureDevices } from './handlers/measureDevices.ts';
import { calibrate, createModel, probe } from './handlers/model.ts';
import { adoptTokenizer, openModel } from './handlers/openModel.ts';
import { previewBatch } from './handlers/pipeline.ts';
import { cancelRange, testRange } from './handlers/rangeTest.ts';
import { deleteRun, listRuns, openRun, renameRun } from './handlers/runs.ts';
import { fillMasks, readLogits, suggestSentences } from './handlers/test.ts';
import { browseMerges, browseVocabulary, cancelTokenizer, encodeText, trainTokenizer } from './handlers/tokenizer.ts';
import {
  continueTraining,
  pauseTraining,
  reportMemory,
  resumeTraining,
  startTraining,
  stopTraining,
} from './handlers/train.ts';
import { makeCases, reopenBundle } from './handlers/verify.ts';
import type { CommandName, CommandParams, CommandResult, Message, Request } from './protocol.ts';
import { createSession, type SessionState } from './session.ts';

type Handlers = {
  readonly [C in CommandName]: (state: SessionState, params: CommandParams<C>) => Promise<CommandResult<C>>;
};

const HANDLERS: Handlers = {
  'device.probe': probe,
  'device.measure': measureDevices,
  'device.memory': reportMemory,
  'data.load': loadData,
  'data.split': splitData,
  'data.preview': previewData,
  'tokenizer.train': trainTokenizer,
  'tokenizer.cancel': cancelTokenizer,
  'tokenizer.vocabulary': browseVocabulary,
  'tokenizer.merges': browseMerges,
  'tokenizer.encode': encodeText,
  'pipeline.preview': previewBatch,
  'model.open': openModel,
  'tokenizer.adopt': adoptTokenizer,
  'model.create': createModel,
  'model.calibrate': calibrate,
  'train.range': testRange,
  'train.cancelRange': cancelRange,
  'train.start': startTraining,
  'train.continue': continueTraining,
  'train.pause': pauseTraining,
  'train.resume': resumeTraining,
  'train.stop': stopTraining,
  'runs.list': listRuns,
  'runs.rename': renameRun,
  'runs.delete': deleteRun,
  'runs.open': openRun,
  'test.fillMask': fillMasks,
  'test.logits': readLogits,
  'test.suggestions': suggestSentences,
  'inside.look': lookAtText,
  'inside.surprise': measureSurprise,
  'inside.passage': suggestPassage,
  'inside.map': mapVocabulary,
  'inside.neighbours': findNeighbours,
  'export.list': listBundle,
  'export.zip': zipBundle,
  'export.folder': saveFolder,
  'export.cancel': cancelExport,
  'verify.cases': makeCases,
  'verify.reopen': reopenBundle,
};

const post = (message: Message): void => self.postMessage(message);
const state = createSession((event, payload) => post({ kind: 'event', event, payload }));

async function answer<C extends CommandName>({ id, command, params }: Request<C>): Promise<void> {
  try {
    post({ kind: 'reply', id, result: await HANDLERS[command](state, params) });
  } catch (thrown) {
    const error = StudioError.from(thrown);
    if (error.code === 'internal') console.error(thrown);
    post({ kind: 'error', id, error: error.toPlain() });
  }
}

self.onmessage = ({ data }: MessageEvent<Request>) => {
  void answer(data);
};
