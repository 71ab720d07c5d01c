/**
 * A fixed list of our own dispatches over buffers that live as long as the list: built once, encoded anew for every step.
 *
 *     const plan = new Plan(device);
 *     const x = plan.buffer(1024);
 *     plan.add({ name: 'twice', bindings: { x: readWrite(x, 'f32') }, threads: 1024, body: 'x[index] = 2.0 * x[index];' });
 *     plan.encode(encoder);
 */
import { onceFor } from '../../core/collections.ts';

/** A part of a buffer, in numbers of 4 bytes. Starts at a multiple of `ALIGNMENT`. */
export interface Range {
  readonly buffer: GPUBuffer;
  readonly start: number;
  readonly length: number;
}

/** How WGSL reads a range, with the numbers in one element. */
const ELEMENTS = { f32: 1, i32: 1, u32: 1, 'vec2<f32>': 2, 'vec4<f32>': 4 } as const;
type Element = keyof typeof ELEMENTS;

export interface Binding {
  readonly range: Range;
  readonly element: Element;
  readonly access: 'read' | 'read_write';
}

export function read(range: Range, element: Element): Binding {
  return { range, element, access: 'read' };
}

export function readWrite(range: Range, element: Element): Binding {
  return { range, element, access: 'read_write' };
}

/** How WGSL reads ranges by name, and which of them it writes, too. */
type BindingTable = Readonly<Record<string, Element | `rw ${Element}`>>;
/** The ranges of a table of bindings. */
export type Ranges<T extends BindingTable> = { readonly [Name in keyof T]: Range };

/** Binds ranges in the order of a table. */
export function bind<T extends BindingTable>(table: T, ranges: Ranges<T>): Readonly<Record<string, Binding>> {
  const bindings = Object.entries(table).map(([name, how]): [string, Binding] => {
    const element = how.replace('rw ', '') as Element;
    return [name, { range: ranges[name] as Range, element, access: how === element ? 'read' : 'read_write' }];
  });
  return Object.fromEntries(bindings);
}

/** One dispatch. Every size is a constant in its WGSL. */
export interface Dispatch {
  /** For errors and profiles. */
  readonly name: string;
  /** WGSL reads each as an array of this name. */
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Declarations outside of the entry point. */
  readonly declarations?: string;
  /** Statements, with `index`, `group` and `lane` (all i32) in scope. */
  readonly body: string;
  /** Threads wanted; those with a larger `index` do nothing. */
  readonly threads: number;
  readonly workgroupSize?: number;
}

interface Recorded {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number];
}

const DEFAULT_WORKGROUP_SIZE = 64;
/** What every device allows in one dimension. */
const MAXIMUM_WORKGROUPS = 65535;
const USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST

/** Buffers that are freed together. */
export class Buffers {
  readonly device: GPUDevice;
  readonly #own: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get bytes(): number {
    return this.#own.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** A new buffer of zeros. */
  buffer(length: number): Range {
    const range = createRange(this.device, length);
    this.#own.push(range.buffer);
    return range;
  }

  dispose(): void {
    for (const buffer of this.#own) buffer.destroy();
  }
}

export class Plan extends Buffers {
  readonly #recorded: Recorded[] = [];

  get size(): number {
    return this.#recorded.length;
  }

  add(dispatch: Dispatch): void {
    const pipeline = pipelineOf(this.device, dispatch);
    const entries = Object.values(dispatch.bindings).map(({ range }, binding) => ({
      binding,
      resource: { buffer: range.buffer, offset: 4 * range.start, size: 4 * range.length },
    }));
    const bindGroup = this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
    this.#recorded.push({ pipeline, bindGroup, workgroups: workgroupsOf(dispatch) });
  }

  /** Records the dispatches, or some of them, in one compute pass. */
  encode(encoder: GPUCommandEncoder, from = 0, to = this.size): void {
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, workgroups } of this.#recorded.slice(from, to)) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
    }
    pass.end();
  }
}

/** A new buffer of zeros, a whole number of vectors of four. The caller destroys it. */
export function createRange(device: GPUDevice, length: number): Range {
  const rounded = 4 * Math.ceil(length / 4);
  return { buffer: device.createBuffer({ size: 4 * rounded, usage: USAGE }), start: 0, length: rounded };
}

const pipelinesOf = onceFor((_: GPUDevice) => new Map<string, GPUComputePipeline>());

/** Compiles a dispatch's shader, once for a device: layers that differ in their buffers only share it. */
function pipelineOf(device: GPUDevice, dispatch: Dispatch): GPUComputePipeline {
  const known = pipelinesOf(device);
  const code = shaderOf(dispatch);
  const found = known.get(code);
  if (found !== undefined) return found;
  const module = device.createShaderModule({ label: dispatch.name, code });
  const pipeline = device.createComputePipeline({ label: dispatch.name, layout: 'auto', compute: { module } });
  known.set(code, pipeline);
  return pipeline;
}

function workgroupsOf({ threads, workgroupSize = DEFAULT_WORKGROUP_SIZE }: Dispatch): readonly [number, number] {
  const groups = Math.ceil(threads / workgroupSize);
  const down = Math.ceil(groups / MAXIMUM_WORKGROUPS);
  return [Math.ceil(groups / down), down];
}

function shaderOf(dispatch: Dispatch): string {
  const { bindings, declarations = '', body, threads, workgroupSize = DEFAULT_WORKGROUP_SIZE } = dispatch;
  const arrays = Object.entries(bindings).map(([name, { range, element, access }], binding) => {
    const length = Math.floor(range.length / ELEMENTS[element]);
    return `@group(0) @binding(${binding}) var<storage, ${access}> ${name} : array<${element}, ${length}>;`;
  });
  return `${arrays.join('\n')}
    ${declarations}
    @compute @workgroup_size(${workgroupSize})
    fn main(@builtin(workgroup_id) place : vec3<u32>, @builtin(local_invocation_index) invocation : u32) {
      let group = i32(place.y * ${workgroupsOf(dispatch)[0]}u + place.x);
      if (group >= ${Math.ceil(threads / workgroupSize)}) { return; }
      let lane = i32(invocation);
      let index = group * ${workgroupSize} + lane;
      ${threads % workgroupSize === 0 ? '' : `if (index >= ${threads}) { return; }`}
      ${body}
    }`;
}
