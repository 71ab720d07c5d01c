/** All that the engine can be asked: a file of functions for each step. */
import { dataCommands } from './handlers/data.ts';
import { exportCommands } from './handlers/export.ts';
import { insideCommands } from './handlers/inside.ts';
import { deviceCommands } from './handlers/measureDevices.ts';
import { modelCommands } from './handlers/model.ts';
import { openModelCommands } from './handlers/openModel.ts';
import { pipelineCommands } from './handlers/pipeline.ts';
import { rangeCommands } from './handlers/rangeTest.ts';
import { runsCommands } from './handlers/runs.ts';
import { testCommands } from './handlers/test.ts';
import { tokenizerCommands } from './handlers/tokenizer.ts';
import { trainCommands } from './handlers/train.ts';
import { verifyCommands } from './handlers/verify.ts';

export const commands = {
  ...dataCommands,
  ...tokenizerCommands,
  ...pipelineCommands,
  ...modelCommands,
  ...deviceCommands,
  ...openModelCommands,
  ...trainCommands,
  ...rangeCommands,
  ...runsCommands,
  ...testCommands,
  ...insideCommands,
  ...exportCommands,
  ...verifyCommands,
};
