/** All that the engine can be asked: a file of functions for each step. */
import { dataCommands } from '../../steps/data/dataCommands.ts';
import { openModelCommands } from '../../steps/data/openModelCommands.ts';
import { exportCommands } from '../../steps/export/exportCommands.ts';
import { verifyCommands } from '../../steps/export/verifyCommands.ts';
import { insideCommands } from '../../steps/inside/insideCommands.ts';
import { modelCommands } from '../../steps/model/modelCommands.ts';
import { pipelineCommands } from '../../steps/pipeline/pipelineCommands.ts';
import { runsCommands } from '../../steps/runs/runsCommands.ts';
import { testCommands } from '../../steps/test/testCommands.ts';
import { tokenizerCommands } from '../../steps/tokenizer/tokenizerCommands.ts';
import { trainCommands } from '../../steps/train/trainCommands.ts';

export const commands = {
  ...dataCommands,
  ...tokenizerCommands,
  ...pipelineCommands,
  ...modelCommands,
  ...openModelCommands,
  ...trainCommands,
  ...runsCommands,
  ...testCommands,
  ...insideCommands,
  ...exportCommands,
  ...verifyCommands,
};
