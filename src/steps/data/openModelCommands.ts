/** Commands around a model that was made elsewhere, or here before: open it, and read the loaded text with its tokenizer. */
import { Roberta } from '../../compute/model/robertaModel.ts';
import { DEFAULT_CONFIG, type RunConfig, type RunSettings } from '../../core/config.ts';
import { StudioError } from '../../core/errors.ts';
import { type BundleOrigin, openSource } from '../../files/bundleSource.ts';
import { type Accepted, type ReadBundle, readBundle } from '../../files/readBundle.ts';
import { countParameters } from '../../model/parameters.ts';
import type { Commands } from '../../studio/rpc.ts';
import type { LiveModel, LoadedText } from '../../studio/worker/liveModel.ts';
import { asJob, requireModel, requireText, type SessionState } from '../../studio/worker/session.ts';
import { tokenizeText } from '../../studio/worker/tokenizeText.ts';
import { findDocuments } from '../../text/documentTable.ts';
import { createTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { assertFits, ensureDevice, MEMORY_LIMIT_BYTES, untrained } from '../model/modelCommands.ts';
import { summarizeTokens } from '../tokenizer/tokenizerCommands.ts';

/** Rows of a text for a model from elsewhere, where it reads as many. */
const ROW_LENGTH = 64;

export const openModelCommands = {
  /**
   * Opens a bundle; its model takes the place of the one before. Whatever goes wrong, the one before stays.
   * `accepted`: what the person said yes to after a refusal.
   */
  'model.open': async (state, { origin, accepted = {} }: { origin: BundleOrigin; accepted?: Accepted }) => {
    const device = await ensureDevice(state);
    return asJob(state, 'opening a model', async () => {
      // The weights are in memory twice while they go to the device.
      const bundle = await readBundle(await openSource(origin), MEMORY_LIMIT_BYTES[device.active] / 2, accepted);
      const config = configOf(bundle);
      const { name, layout, documents, eventFiles } = bundle;
      const tokenizer = createTokenizer(bundle.trained, bundle.traits);
      const how = { config: config.tokenizer, tokenizer, origin: layout?.origin ?? null };
      const tokens = await tokenizeText(state.text ?? EMPTY_TEXT, how);
      state.model?.roberta.dispose();
      state.model = null;
      const roberta = new Roberta(bundle.model, tokenizer.vocabSize, bundle.weights);
      const cameWith = { documents, eventFiles };
      state.model = { roberta, tokens, config, device, layout, startedFrom: name, cameWith, ...untrained() };
      state.tokens = state.text && tokens;
      state.run = null;
      return {
        /** Of the folder or zip. */
        name,
        parameters: countParameters(bundle.model, bundle.traits.fileIds?.length ?? bundle.trained.tokens.length),
        vocabSize: bundle.trained.tokens.length,
        config,
        /** Steps behind its weights; null: not known. */
        step: bundle.run?.step ?? null,
        /** Whether every file that it is read from is the one in its list of checksums. */
        checked: bundle.checked,
        notices: bundle.notices,
        /** The loaded text in its tokens; null where no text is loaded. */
        tokens: state.tokens && summarizeTokens(state.tokens, 0),
      };
    });
  },

  /** Reads the loaded text with the opened model's tokenizer. */
  'tokenizer.adopt': async (state) => {
    const text = requireText(state);
    const live = await requireImported(state);
    return asJob(state, 'reading the text', async () => {
      const startedMs = performance.now();
      const tokens = await tokenizeText(text, live.tokens);
      state.tokens = tokens;
      state.model = { ...live, tokens, config: { ...live.config, data: text.dataConfig } };
      return summarizeTokens(tokens, performance.now() - startedMs);
    });
  },
} satisfies Commands<SessionState>;

/** The settings that Folio wrote beside the model, else the defaults as far as the model can read such rows. */
function configOf({ run, model, trained }: ReadBundle): RunConfig {
  const { config: written } = run ?? { config: DEFAULT_CONFIG };
  const longest = model.maxPositionEmbeddings - 2;
  const seqLength = Math.min(run ? written.pipeline.seqLength : ROW_LENGTH, longest);
  return {
    ...written,
    tokenizer: { ...written.tokenizer, vocabSize: trained.tokens.length },
    pipeline: { ...written.pipeline, seqLength },
    model,
  };
}

/** Stands for the text where none is loaded: a model can be tested and exported without one. */
const EMPTY_TEXT: LoadedText = {
  corpus: { version: 2, sources: [], documents: findDocuments([]), twins: new Int32Array(), notices: [] },
  split: { heldOut: new Uint8Array(), trainingDocuments: [], heldOutDocuments: [] },
  sourceNames: [],
  notices: [],
  readings: [],
  readAs: [],
  isSonnets: false,
  dataConfig: DEFAULT_CONFIG.data,
  check: { asRead: null, findings: null, repairs: [] },
};

async function requireImported(state: SessionState): Promise<LiveModel> {
  const live = await requireModel(state);
  if (live.startedFrom === null) throw new StudioError('stepMissing', 'no model was opened', { step: 'model' });
  return live;
}

/**
 * The opened model, ready to be trained further on the loaded text, with figures of its own.
 * @throws StudioError `stepMissing` if there is none, or the text was not read with its tokenizer; as {@link assertFits}
 */
export async function furtherModel(state: SessionState, { pipeline, training }: RunSettings): Promise<LiveModel> {
  const live = await requireImported(state);
  const { tokens } = state;
  if (!tokens || tokens.tokenizer !== live.tokens.tokenizer) {
    throw new StudioError('stepMissing', 'the text was not read with the opened tokenizer', { step: 'tokenizer' });
  }
  const config = { ...live.config, data: tokens.text.dataConfig, pipeline, training };
  assertFits(state, tokens, config);
  state.model = { ...live, tokens, config, cameWith: null, ...untrained() };
  return state.model;
}
