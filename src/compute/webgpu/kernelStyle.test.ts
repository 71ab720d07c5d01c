/** The choice of kernel style, on a device whose times are known. */
import { afterEach, expect, test, vi } from 'vitest';
import { chooseStyle, measureStyles } from './kernelStyle.ts';

afterEach(() => void vi.restoreAllMocks());

/** A device that takes so long for each dispatch of a style, on a clock of its own, and far longer to compile one. */
function deviceOf(msOf: { readonly single: number; readonly shared: number }) {
  let nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const compiled = new Set<string>();
  const submissions: { readonly style: keyof typeof msOf; readonly dispatches: number }[] = [];
  const buffers: { destroyed: boolean }[] = [];
  const device = {
    createBuffer: () => {
      const buffer = { destroyed: false, destroy: () => Object.assign(buffer, { destroyed: true }) };
      buffers.push(buffer);
      return buffer;
    },
    createShaderModule: ({ code }: { code: string }) => (code.includes('var<workgroup>') ? 'shared' : 'single'),
    createComputePipeline: ({ compute }: { compute: { module: keyof typeof msOf } }) => ({
      style: compute.module,
      getBindGroupLayout: () => null,
    }),
    createBindGroup: () => null,
    createCommandEncoder: () => {
      const encoded: (keyof typeof msOf)[] = [];
      let style: keyof typeof msOf = 'single';
      const pass = {
        setPipeline: (pipeline: { style: keyof typeof msOf }) => {
          style = pipeline.style;
        },
        setBindGroup: () => undefined,
        dispatchWorkgroups: () => encoded.push(style),
        end: () => undefined,
      };
      return { beginComputePass: () => pass, finish: () => encoded };
    },
    queue: {
      submit: ([encoded = []]: (keyof typeof msOf)[][]) => {
        const [style = 'single'] = encoded;
        submissions.push({ style, dispatches: encoded.length });
        nowMs += encoded.length * msOf[style] + (compiled.has(style) ? 0 : 1000);
        compiled.add(style);
      },
      onSubmittedWorkDone: async () => undefined,
    },
  };
  return { device: device as unknown as GPUDevice, submissions, buffers };
}

test('a product is timed in each style without compiling it, many at once where one is short', async () => {
  const { device, submissions, buffers } = deviceOf({ single: 1, shared: 8 });
  expect(await measureStyles(device, true)).toEqual({ single: 1, shared: 8 });
  expect(submissions.filter(({ style }) => style === 'single').map(({ dispatches }) => dispatches)).toEqual([1, 1, 20]);
  expect(submissions.filter(({ style }) => style === 'shared').map(({ dispatches }) => dispatches)).toEqual([1, 1]);
  expect(buffers.length).toBeGreaterThan(0);
  expect(buffers.every(({ destroyed }) => destroyed)).toBe(true);
});

test('what is expected of an adapter stands until the other style is clearly faster', () => {
  expect(chooseStyle({ single: 20, shared: 100 }, true)).toBe('single');
  expect(chooseStyle({ single: 20, shared: 18 }, true)).toBe('single');
  expect(chooseStyle({ single: 20, shared: 5 }, true)).toBe('shared');
  expect(chooseStyle({ single: 4, shared: 5 }, false)).toBe('shared');
  expect(chooseStyle({ single: 1, shared: 5 }, false)).toBe('single');
});
