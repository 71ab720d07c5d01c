import { expect, test } from 'vitest';
import { ThreadChoice } from './threadChoice.ts';

/** Runs a program so often, with these times. @returns how many runs had more than one thread, of the last `counted` */
function play(choice: ThreadChoice, program: object, msOf: (threads: number) => number, runs: number, counted: number) {
  let together = 0;
  for (let run = 0; run < runs; run++) {
    const threads = choice.choose(program, 4);
    choice.note(program, threads, msOf(threads));
    if (run >= runs - counted && threads > 1) together++;
  }
  return together;
}

test('a program that gains from threads gets all of them, one that loses gets one; each is tried again now and then', () => {
  const choice = new ThreadChoice();
  const [large, small] = [{}, {}];
  expect(play(choice, large, (threads) => 100 / threads, 200, 64)).toBe(63);
  expect(play(choice, small, (threads) => 1 + threads, 200, 64)).toBe(1);
});

test('what a first run takes, when nothing is compiled yet, decides nothing', () => {
  let runs = 0;
  const msOf = (threads: number): number => (runs++ === 0 ? 1e6 : 100 / threads);
  expect(play(new ThreadChoice(), {}, msOf, 60, 50)).toBe(50);
});

test('threads that come later have trials of their own', () => {
  const choice = new ThreadChoice();
  const program = {};
  for (let run = 0; run < 20; run++) choice.note(program, choice.choose(program, 1), 100);
  let cold = true;
  const msOf = (threads: number): number => {
    const wasCold = cold && threads > 1;
    if (wasCold) cold = false;
    return wasCold ? 1e6 : 100 / threads;
  };
  expect(play(choice, program, msOf, 30, 20)).toBe(20);
});

test('waits in the first trials are made up for by the first retry', () => {
  let runs = 0;
  const msOf = (threads: number): number => (runs++ < 10 && threads > 1 ? 1000 : 100 / threads);
  expect(play(new ThreadChoice(), {}, msOf, 100, 30)).toBe(30);
});

test('it changes its mind when the machine does', () => {
  const choice = new ThreadChoice();
  const program = {};
  play(choice, program, (threads) => 100 / threads, 100, 0);
  expect(play(choice, program, (threads) => 100 * threads, 200, 60)).toBeLessThan(3);
  expect(play(choice, program, (threads) => 100 / threads, 1000, 60)).toBeGreaterThan(50);
});

test('without threads there is nothing to choose', () => {
  expect(new ThreadChoice().choose({}, 1)).toBe(1);
});
