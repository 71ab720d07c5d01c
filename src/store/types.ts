/** The protocol's types that the page shows. `ui/` may not read `engine/`, so it takes them from here. */
export type {
  BatchPreview,
  CorpusSummary,
  DocumentPreview,
  EncodedToken,
  LensCell,
  LookWeights,
  Neighbour,
  Page,
  RunPhase,
  RunSummary,
  StoredRun,
  StoredRuns,
  TextLook,
  VerifyReport,
  VocabularyMap,
} from '../engine/protocol.ts';
