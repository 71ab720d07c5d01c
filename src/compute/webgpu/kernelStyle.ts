/**
 * Which style of kernels an adapter is faster with: a product in both, timed. A software adapter is about eight times slower
 * with barriers, a graphics card faster.
 */
import { KERNEL_STYLES, type KernelStyle } from '../../core/device.ts';
import { plain } from './kernels/epilogues.ts';
import { matMul } from './kernels/matMul.ts';
import { Plan } from './plan.ts';

/** Milliseconds of the product in each style. */
export type StyleTimes = Readonly<Record<KernelStyle, number>>;

/** [M, K] · [K, N]: a dense layer of the smaller presets; on a software adapter, which compiles slowly, a small one. */
const SIZES = { m: 1024, n: 512, k: 256 };
const SMALL_SIZES = { m: 128, n: 96, k: 64 };
/** A device that is faster than this is asked for many products at once, since a single one measures the queue. */
const SHORT_MS = 5;
const MANY = 20;
/** How much faster the other style has to be before it is preferred: noise must not decide a run's bits. */
const MARGIN = 1.5;

/** The faster style. @param isSoftware whether the adapter is a processor in disguise: what is expected of it */
export function chooseStyle(times: StyleTimes, isSoftware: boolean): KernelStyle {
  const [expected, other] = isSoftware ? (['single', 'shared'] as const) : (['shared', 'single'] as const);
  return times[other] * MARGIN < times[expected] ? other : expected;
}

/** Times a product in each style. Takes about a second, of which most is compiling on a software adapter. */
export async function measureStyles(device: GPUDevice, isSoftware: boolean): Promise<StyleTimes> {
  const times = { single: 0, shared: 0 };
  const sizes = isSoftware ? SMALL_SIZES : SIZES;
  for (const style of KERNEL_STYLES) times[style] = await timeStyle(device, style, sizes);
  return times;
}

async function timeStyle(device: GPUDevice, style: KernelStyle, sizes: typeof SIZES): Promise<number> {
  const { m, n, k } = sizes;
  const plan = new Plan(device);
  const [a, b, output] = [plan.buffer(m * k), plan.buffer(k * n), plan.buffer(m * n)];
  const product = matMul(style, { ...sizes, name: 'measured', form: 'nn', a, b, epilogue: plain(output) });
  for (let count = 0; count < MANY; count++) plan.add(product);
  const time = async (count: number): Promise<number> => {
    const startedMs = performance.now();
    const encoder = device.createCommandEncoder();
    plan.encode(encoder, 0, count);
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - startedMs) / count;
  };
  await time(1); // compiles
  const once = await time(1);
  const result = once < SHORT_MS ? await time(MANY) : once;
  plan.dispose();
  return result;
}
