/** What one forward and backward pass reads. B rows, T columns, M masked rows; all three constant for a run. */
export interface Batch {
  /** B. */
  readonly rows: number;
  /** T. */
  readonly columns: number;
  /** What the model sees. */
  readonly inputIds: Int32Array; // [B, T]
  /** 1 where there is a token, 0 on padding. */
  readonly attentionMask: Int32Array; // [B, T]
  /** The ids with no masking. */
  readonly labels: Int32Array; // [B, T]
  /** 1 where the position was chosen for prediction. */
  readonly chosen: Uint8Array; // [B, T]
  /** Positions that the loss reads, as b·T + t; unused entries are 0. */
  readonly maskedPositions: Int32Array; // [M]
  /** 1 for an entry in use, 0 for an unused one. May be 0 throughout: a batch may have no token chosen. */
  readonly maskedWeights: Float32Array; // [M]
  /** Positions that are not padding. */
  readonly tokens: number;
  /** Positions chosen for prediction. */
  readonly maskedCount: number;
}
