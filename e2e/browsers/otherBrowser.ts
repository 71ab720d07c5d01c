/** A browser that Playwright does not drive, as far as a journey needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface OtherBrowser {
  goTo(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Evaluates an expression on the page. @returns its value, which JSON can hold */
  evaluate<T>(expression: string): Promise<T>;
  /** Folder that downloads come to. */
  readonly downloads: string;
  close(): Promise<void>;
}

export interface Launched {
  /** What the line that was waited for has in its first group. */
  readonly found: string;
  end(): Promise<void>;
}

/** Starts a program and waits for a line of its output. @throws Error with all it said if it ends without it */
export async function launch(
  program: string,
  args: readonly string[],
  line: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Launched> {
  // A group of its own: browsers have many processes.
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: true, stdio: 'pipe' });
  const said: string[] = [];
  const found = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (text) => {
        said.push(text);
        const match = line.exec(text);
        if (match !== null) resolve(match[1] ?? '');
      });
    }
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${program} has ended:\n${said.join('\n')}`)));
  });
  return { found, end: () => endGroup(child) };
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
}

/** The body of an asynchronous script of WebDriver that evaluates an expression; what it answers is read by {@link answerOf}. */
export function asyncScript(expression: string): string {
  return `const done = arguments[0]; (async () => (${expression}))().then((value) => done(JSON.stringify({ value: value ?? null })), (error) => done(JSON.stringify({ error: String(error) })));`;
}

/** @throws Error with the page's words */
export function answerOf<T>(answered: string, expression: string): T {
  const answer = JSON.parse(answered);
  if ('error' in answer) throw new Error(`${expression}: ${answer.error}`);
  return answer.value;
}
