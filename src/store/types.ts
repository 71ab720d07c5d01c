/** The protocol's types that the page shows. `ui/` may not read `engine/`, so it takes them from here. */
export type {
  BatchPreview,
  CorpusSummary,
  DocumentPreview,
  EncodedToken,
  Page,
  RunPhase,
  RunSummary,
  StoredRun,
  StoredRuns,
  VerifyReport,
} from '../engine/protocol.ts';
