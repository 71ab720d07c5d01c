/** Numbers of 4 bytes that a range's start is a multiple of: 256 bytes, the largest that a WebGPU device may ask for. */
export const ALIGNMENT = 64;
