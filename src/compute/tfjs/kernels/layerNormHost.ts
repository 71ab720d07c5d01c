/** LayerNorm as loops, for wasm and cpu. `moments` holds mean and inverse deviation of each row. */
import { registerHostKernel } from './hostKernel.ts';

registerHostKernel({
  name: 'FolioLayerNorm',
  outputs: ({ x }) => [x?.shape ?? [], [x?.shape[0] ?? 0, 2]],
  run: ([y = new Float32Array(), moments = y], { x = y, weight = y, bias = y }, { eps = 0 }) => {
    const width = weight.length;
    for (let start = 0, row = 0; start < x.length; start += width, row += 2) {
      let sum = 0;
      for (let i = start; i < start + width; i++) sum += x[i] as number;
      const mean = sum / width;
      let squares = 0;
      for (let i = start; i < start + width; i++) squares += ((x[i] as number) - mean) ** 2;
      const inverse = 1 / Math.sqrt(squares / width + eps);
      moments[row] = mean;
      moments[row + 1] = inverse;
      for (let i = 0; i < width; i++) {
        y[start + i] = ((x[start + i] as number) - mean) * inverse * (weight[i] as number) + (bias[i] as number);
      }
    }
  },
});

registerHostKernel({
  name: 'FolioLayerNormGradient',
  outputs: ({ dy, weight }) => [dy?.shape ?? [], weight?.shape ?? [], weight?.shape ?? []],
  run: (outputs, inputs) => {
    const [dx = new Float32Array(), dWeight = dx, dBias = dx] = outputs;
    const { dy = dx, x = dx, moments = dx, weight = dx } = inputs;
    const width = weight.length;
    dWeight.fill(0);
    dBias.fill(0);
    for (let start = 0, row = 0; start < dx.length; start += width, row += 2) {
      const mean = moments[row] as number;
      const inverse = moments[row + 1] as number;
      let shift = 0;
      let tilt = 0;
      for (let i = 0; i < width; i++) {
        const gradient = dy[start + i] as number;
        const normalized = ((x[start + i] as number) - mean) * inverse;
        const inner = gradient * (weight[i] as number);
        shift += inner;
        tilt += inner * normalized;
        dWeight[i] = (dWeight[i] as number) + gradient * normalized;
        dBias[i] = (dBias[i] as number) + gradient;
      }
      shift /= width;
      tilt /= width;
      for (let i = 0; i < width; i++) {
        const normalized = ((x[start + i] as number) - mean) * inverse;
        dx[start + i] = ((dy[start + i] as number) * (weight[i] as number) - shift - normalized * tilt) * inverse;
      }
    }
  },
});
