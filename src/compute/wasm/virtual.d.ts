/** WebAssembly binaries in base64, compiled from `assembly/` by `tools/compileKernels.ts`. */
declare module 'virtual:cpu-kernels/relaxed' {
  const base64: string;
  export default base64;
}

declare module 'virtual:cpu-kernels/simd' {
  const base64: string;
  export default base64;
}
