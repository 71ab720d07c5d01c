import { expect, test } from 'vitest';
import { RunClock } from './runClock.ts';

function clockAt(elapsedMs = 0): { clock: RunClock; wait: (ms: number) => void } {
  let nowMs = 1000;
  const clock = new RunClock(elapsedMs, () => nowMs);
  return {
    clock,
    wait: (ms) => {
      nowMs += ms;
    },
  };
}

test('time counts while there is work, and goes on from what was there', () => {
  const { clock, wait } = clockAt(5000);
  wait(100);
  expect(clock.elapsedMs).toBe(5000);
  clock.start();
  wait(300);
  expect(clock.elapsedMs).toBe(5300);
  expect(clock.tick()).toBe(300);
  wait(200);
  clock.stop();
  wait(10_000);
  expect(clock.elapsedMs).toBe(5500);
});

test('an hour of sleep between two steps is left out, whoever asks and when', () => {
  const { clock, wait } = clockAt();
  clock.start();
  for (let step = 0; step < 10; step++) {
    wait(400);
    clock.tick();
  }
  wait(3_600_000);
  expect(clock.elapsedMs).toBe(4000);
  expect(clock.tick()).toBe(0);
  wait(400);
  expect(clock.tick()).toBe(400);
  expect(clock.elapsedMs).toBe(4400);
});

test('slow steps are work: a first one of minutes, and later ones like it', () => {
  const { clock, wait } = clockAt();
  clock.start();
  wait(120_000);
  expect(clock.tick()).toBe(120_000);
  wait(90_000);
  expect(clock.tick()).toBe(90_000);
});
