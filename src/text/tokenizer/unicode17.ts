/**
 * Letters and numbers that Unicode 17 added, as first and last code point. tokenizers 0.23 follows Unicode 16, where they
 * are neither; a browser follows whatever it was built with. So that the same text gives the same tokens everywhere, they
 * are no letters or numbers here either. Source: `DerivedAge.txt`, compared with `ByteLevel` over all code points.
 */
const ADDED: readonly (readonly [number, number])[] = [
  [0x088f, 0x088f],
  [0x0c5c, 0x0c5c],
  [0x0cdc, 0x0cdc],
  [0xa7ce, 0xa7cf],
  [0xa7d2, 0xa7d2],
  [0xa7d4, 0xa7d4],
  [0xa7f1, 0xa7f1],
  [0x10940, 0x10959],
  [0x10ec5, 0x10ec7],
  [0x11db0, 0x11ddb],
  [0x11de0, 0x11de9],
  [0x16ea0, 0x16eb8],
  [0x16ebb, 0x16ed3],
  [0x16ff2, 0x16ff6],
  [0x187f8, 0x187ff],
  [0x18d09, 0x18d1e],
  [0x18d80, 0x18df2],
  [0x1e6c0, 0x1e6de],
  [0x1e6e0, 0x1e6e2],
  [0x1e6e4, 0x1e6e5],
  [0x1e6e7, 0x1e6ed],
  [0x1e6f0, 0x1e6f4],
  [0x1e6fe, 0x1e6ff],
  [0x2b73a, 0x2b73f],
  [0x2cea2, 0x2cead],
  [0x323b0, 0x33479],
];

/** Whether a code point became a letter or number with Unicode 17. */
export function isNewInUnicode17(codePoint: number): boolean {
  return ADDED.some(([first, last]) => codePoint >= first && codePoint <= last);
}
