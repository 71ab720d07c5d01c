/** Builds the service worker, with the list of what the page needs without a network. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { filesIn, ROOT } from './tools.ts';

/** A built file: its path within `dist/` and its bytes. */
export interface BuiltFile {
  readonly path: string;
  readonly source: string | Uint8Array;
}

export interface OfflineLists {
  /** Fetched at the first visit. The revision of a file whose name holds a hash is null. */
  readonly files: readonly { readonly url: string; readonly revision: string | null }[];
  /** Fetched when they are used, and kept then. */
  readonly later: readonly string[];
}

/** Verify's libraries are larger than everything else together, and few press Verify. */
const LATER = /^assets\/(verifyWorker|ort-wasm)/;
/** The engine without a window is driven by commands, which bring their own server. */
const NOT_THE_PAGE = /^(headless\.html|assets\/headless-.*|\.vite\/.*|.*\.map)$/;

/** What a build makes available without a network, and when. */
export function offlineLists(built: readonly BuiltFile[]): OfflineLists {
  const page = built.filter(({ path }) => !NOT_THE_PAGE.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files: page
      .filter(({ path }) => !LATER.test(path))
      .map(({ path, source }) => ({ url: path, revision: path.startsWith('assets/') ? null : digest(source) })),
    later: page.filter(({ path }) => LATER.test(path)).map(({ path }) => path),
  };
}

const digest = (source: string | Uint8Array): string => createHash('sha256').update(source).digest('hex').slice(0, 16);

/** One classic script: not every browser starts a service worker that is a module. */
async function compile({ files, later }: OfflineLists): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: ROOT,
    publicDir: false,
    define: {
      FOLIO_FILES: JSON.stringify(files),
      FOLIO_LATER: JSON.stringify(later),
      'process.env.NODE_ENV': '"production"',
    },
    build: {
      write: false,
      target: 'es2023',
      rolldownOptions: { input: join(ROOT, 'src/serviceWorker.ts'), output: { format: 'iife' } },
    },
  });
  const [chunk] = Array.isArray(result) || !('output' in result) ? [] : result.output;
  if (chunk === undefined || chunk.type !== 'chunk') throw new Error('The service worker could not be built.');
  return chunk.code;
}

/** Adds `sw.js` to the build. */
export function offline(): Plugin {
  let publicFolder = '';
  return {
    name: 'folio-offline',
    apply: 'build',
    enforce: 'post',
    configResolved: ({ publicDir }) => {
      publicFolder = publicDir;
    },
    generateBundle: {
      order: 'post',
      handler: async function (_, bundle) {
        const built = Object.values(bundle).map((file) => ({
          path: file.fileName,
          source: file.type === 'chunk' ? file.code : file.source,
        }));
        const copied = filesIn(publicFolder).map((path) => ({ path, source: readFileSync(join(publicFolder, path)) }));
        const source = await compile(offlineLists([...built, ...copied]));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}
