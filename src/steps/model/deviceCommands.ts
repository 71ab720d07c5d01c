/** The Model step's measurement: which backend is the fastest with the sizes chosen, on one layer, in five seconds at most. */
import type { RunSettings } from '../../core/config.ts';
import type { BackendName } from '../../core/device.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { TokenizedText } from '../../studio/worker/liveModel.ts';
import { asJob, requireTokens, type SessionState } from '../../studio/worker/session.ts';
import { timeSteps, withTrial } from '../../studio/worker/trialRun.ts';
import { activate, assertFits, ensureDevice } from './modelCommands.ts';

/** Measured in this order: what a slow adapter still has to compile must not disturb the other one. */
const MEASURED: readonly BackendName[] = ['wasm', 'webgpu'];
/** A backend that has not finished a second step by then is taken to be slow. */
const TIMING = { steps: 7, budgetMs: 1800, impatient: true } as const;

export const deviceCommands = {
  /** Times each backend that can be had, null where it is too slow to be measured, and moves to the fastest. */
  'device.measure': async (state, params: RunSettings) => {
    await ensureDevice(state);
    return asJob(state, 'measuring the devices', async () => {
      const tokens = requireTokens(state);
      assertFits(state, tokens, params);
      const offered = state.device?.backends.filter(({ available }) => available).map(({ name }) => name) ?? [];
      const times: { readonly backend: BackendName; readonly msPerStep: number | null }[] = [];
      for (const backend of MEASURED.filter((name) => offered.includes(name))) {
        await activate(state, backend);
        times.push({ backend, msPerStep: await timeOneLayer(tokens, params) });
      }
      const [fastest] = times
        .filter(({ msPerStep }) => msPerStep !== null)
        .sort((a, b) => (a.msPerStep ?? 0) - (b.msPerStep ?? 0));
      const report = await activate(state, fastest?.backend ?? 'auto');
      return { times, report };
    });
  },
} satisfies Commands<SessionState>;

/** @returns ms of a step of a model with one layer; null if two steps took longer than the budget */
async function timeOneLayer(tokens: TokenizedText, sizes: RunSettings): Promise<number | null> {
  const oneLayer = { ...sizes, model: { ...sizes.model, numHiddenLayers: 1 } };
  const timed = await withTrial(tokens, oneLayer, (take) => timeSteps(take, TIMING));
  return timed?.msPerStep ?? null;
}
