/** A picture of a chart, by way of its SVG. */
import { StudioError } from '../core/errors.ts';
import type { Size } from './chart.ts';

/** Pixels of the picture for each of the chart: sharp in print. */
const SCALE = 3;

/** The picture of an SVG. @throws StudioError `internal` if the browser draws no pictures */
export async function chartPng(svg: string, { width, height }: Size): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = SCALE * width;
    canvas.height = SCALE * height;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error('the canvas gave no picture');
    return blob;
  } catch (thrown) {
    throw new StudioError(
      'internal',
      'no picture',
      { reason: 'the browser drew no picture; SVG works without' },
      { cause: thrown },
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
