import { describe, expect, it } from 'vitest';
import { blockedBy, completeStep, FIRST_STEPS, invalidateFrom, STEP_NAMES, type Steps, stepStatus } from './steps.ts';

const statuses = (steps: Steps): string => STEP_NAMES.map((step) => stepStatus(steps, step)).join(' ');
const doneUpTo = (count: number): Steps =>
  STEP_NAMES.slice(0, count).reduce((steps, step) => completeStep(steps, step, step), FIRST_STEPS);

describe('steps', () => {
  it('open one after the other', () => {
    expect(statuses(FIRST_STEPS)).toBe('open locked locked locked locked locked locked');
    expect(statuses(doneUpTo(2))).toBe('done done open locked locked locked locked');
    expect(statuses(doneUpTo(5))).toBe('done done done done done open open');
  });

  it('are out of date from the changed one on, and only where there was a result', () => {
    expect(statuses(invalidateFrom(doneUpTo(5), 'tokenizer'))).toBe('done stale stale stale stale locked locked');
    expect(statuses(invalidateFrom(doneUpTo(2), 'model'))).toBe('done done open locked locked locked locked');
  });

  it('make the later ones out of date when they are done again', () => {
    const again = completeStep(doneUpTo(7), 'tokenizer', 'new');
    expect(statuses(again)).toBe('done done stale stale stale stale stale');
    expect(again.tokenizer.line).toBe('new');
  });

  it('leave the export alone when the model is only tested', () => {
    expect(statuses(completeStep(doneUpTo(7), 'test', 'asked'))).toBe('done done done done done done done');
  });

  it('name the earliest step that is missing', () => {
    expect(blockedBy(FIRST_STEPS, 'train')).toBe('data');
    expect(blockedBy(doneUpTo(2), 'train')).toBe('pipeline');
    expect(blockedBy(invalidateFrom(doneUpTo(5), 'tokenizer'), 'train')).toBe('tokenizer');
    expect(blockedBy(doneUpTo(4), 'train')).toBeNull();
  });

  it('keep what does not change', () => {
    const steps = doneUpTo(5);
    const next = invalidateFrom(steps, 'model');
    expect(next.data).toBe(steps.data);
    expect(next.tokenizer).toBe(steps.tokenizer);
  });
});
