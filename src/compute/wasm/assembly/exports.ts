/**
 * What the module exports: every kernel of a training step on the processor, in AssemblyScript (a subset of TypeScript that
 * compiles to WebAssembly; `tools/compileKernels.ts` does it).
 *
 * All kernels are `kernel(from, to, …)`: they do the units from `from` up to `to` (rows, heads, vectors of four, blocks), so
 * that a kernel can be split over threads. A number of the result is always computed by one thread, in an order that does
 * not depend on the split: bits do not depend on the number of threads. Pointers are addresses in the imported memory.
 * Arguments that are not whole numbers arrive as the bits of a float32.
 */

export { attentionBackward, attentionForward } from './attention';
export { adamW, add, biasDropoutResidual, biasGelu, biasRows, dropoutRows, multiply } from './elementwise';
export { gemm, setScratch } from './gemm';
export { columnSums, layerNorm, layerNormBackward, layerNormSums, squareBlocks, stepControl } from './sums';
export { crossEntropy, embeddingBackward, embeddingForward, gatherRows, scatterMaskedRows } from './tables';
