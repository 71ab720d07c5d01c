/** Runs the project's tools with the Node that runs this, so that it works the same on every platform. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { npmCommand } from './npm.mjs';

/** The folder that holds package.json. */
export const ROOT = resolve(import.meta.dirname, '..');

/** Whether the sources are there; an installed package has the built page and the commands alone. */
export const IS_CLONE = existsSync(join(ROOT, 'src'));

/** Paths of the files under a folder, from there, with `/` between names. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')] : [],
  );
}

/** A script's exit code where it can't be said whether all is well; its output says why. */
export const SKIPPED = 75;

/** Each tool's script under node_modules. */
const TOOLS = {
  biome: '@biomejs/biome/bin/biome',
  knip: 'knip/bin/knip.js',
  playwright: '@playwright/test/cli.js',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
} as const;

export type ToolName = keyof typeof TOOLS;

export interface ToolResult {
  readonly code: number;
  /** Both streams as they came, empty where they went elsewhere. */
  readonly output: string;
  readonly seconds: number;
}

export interface ToolOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** `show`: straight to the terminal. `keep`: only into `output`. A function: each line, as it comes. */
  readonly output: 'show' | 'keep' | ((line: string) => void);
  /** Whether it is a script that only a shell runs. */
  readonly shell?: boolean;
}

/** Runs one of the project's tools. */
export function runTool(tool: ToolName, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return runNode([join(ROOT, 'node_modules', TOOLS[tool]), ...args], options);
}

/** Runs one of the scripts in this folder, TypeScript included. */
export function runScript(script: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return runNode(['--import', 'tsx', join('tools', script), ...args], options);
}

/** Runs npm. */
export function runNpm(words: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { program, args, shell } = npmCommand(words);
  return runProgram(program, args, { ...options, shell });
}

function runNode(args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return runProgram(process.execPath, args, options);
}

/** Runs any program from the root of the project. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { env, output, shell = false }: ToolOptions,
): Promise<ToolResult> {
  const startedMs = performance.now();
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: output === 'show' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    if (typeof output === 'function') createInterface(stream).on('line', output);
    else stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const code = await exitCode(child);
  return { code, output: Buffer.concat(chunks).toString(), seconds: (performance.now() - startedMs) / 1000 };
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolveCode, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolveCode(code ?? 1));
  });
}
