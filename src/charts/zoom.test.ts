import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Axis, isWhole, panned, placeOn, selected, valueAt, zoomed } from './zoom.ts';

const linear: Axis = { low: 0, high: 100, log: false };
const logarithmic: Axis = { low: 1, high: 10_000, log: true };
const axes = fc.constantFrom(linear, logarithmic);
const places = fc.double({ min: 0, max: 1, noNaN: true });

describe('places and values', () => {
  it('are the inverse of each other', () => {
    expect(placeOn(logarithmic, 100)).toBeCloseTo(0.5, 12);
    fc.assert(fc.property(axes, places, (axis, place) => Math.abs(placeOn(axis, valueAt(axis, place)) - place) < 1e-9));
  });
});

describe('zooming', () => {
  it('keeps what is under the pointer in its place', () => {
    fc.assert(
      fc.property(axes, places, fc.double({ min: 0.05, max: 1, noNaN: true }), (whole, place, factor) => {
        const about = valueAt(whole, place);
        expect(placeOn(zoomed(whole, whole, place, factor, 0), about)).toBeCloseTo(place, 6);
      }),
    );
  });

  it('never leaves the whole, whatever is done to it', () => {
    const moves = fc.array(
      fc.tuple(places, fc.double({ min: 0.1, max: 8, noNaN: true }), fc.integer({ min: -2, max: 2 })),
    );
    fc.assert(
      fc.property(axes, moves, (whole, all) => {
        let axis = whole;
        for (const [place, factor, share] of all) axis = panned(zoomed(axis, whole, place, factor, 4), whole, share);
        expect(axis.low).toBeGreaterThanOrEqual(whole.low * (1 - 1e-9));
        expect(axis.high).toBeLessThanOrEqual(whole.high * (1 + 1e-9));
        // Along a logarithmic axis the same share of it is fewer steps further left.
        expect(axis.high - axis.low).toBeGreaterThan(whole.log ? 0 : 4 - 1e-9);
      }),
    );
  });

  it('comes back to exactly the whole', () => {
    const close = zoomed(logarithmic, logarithmic, 0.3, 0.01, 0);
    expect(isWhole(close, logarithmic)).toBe(false);
    expect(zoomed(close, logarithmic, 0.9, 1000, 0)).toEqual(logarithmic);
  });

  it('moves by a share of what is shown, and stops at the ends', () => {
    const part = { low: 20, high: 40, log: false };
    expect(panned(part, linear, 0.5)).toEqual({ low: 30, high: 50, log: false });
    expect(panned(part, linear, -9)).toEqual({ low: 0, high: 20, log: false });
    expect(panned(part, linear, 9)).toEqual({ low: 80, high: 100, log: false });
  });
});

describe('selected', () => {
  it('reads a stretch in either direction, within the axis', () => {
    expect(selected(linear, 0.75, 0.25, 1)).toEqual({ low: 25, high: 75 });
    expect(selected(linear, -3, 0.5, 1)).toEqual({ low: 0, high: 50 });
    expect(selected(linear, 0.5, 0.501, 1)).toBeNull();
  });
});
