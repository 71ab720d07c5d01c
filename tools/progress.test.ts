import { expect, test } from 'vitest';
import { createProgress, formatSeconds } from './progress.ts';

function record(isTTY: boolean) {
  let nowMs = 0;
  let written = '';
  const stream = { isTTY, columns: 20, write: (text: string) => (written += text) };
  return { progress: createProgress(stream, () => nowMs), wait: (ms: number) => (nowMs += ms), written: () => written };
}

test('a terminal has one line that is rewritten and never wraps', () => {
  const { progress, written } = record(true);
  progress.update('one');
  progress.update('a line that is longer than the terminal is wide');
  expect(written()).toBe('\r\u001b[2Kone\r\u001b[2Ka line that is long');
});

test('elsewhere there is a line every ten seconds, and all that is to be kept', () => {
  const { progress, wait, written } = record(false);
  progress.update('1');
  progress.update('2');
  progress.say('kept');
  wait(10_000);
  progress.update('3');
  expect(written()).toBe('1\nkept\n3\n');
});

test('times', () => {
  expect(formatSeconds(75.4)).toBe('1:15');
  expect(formatSeconds(3599.6)).toBe('60:00');
  expect(formatSeconds(-1)).toBe('0:00');
});
