/**
 * The content-security policy: nothing is loaded from, or sent to, any other origin, and no text becomes code. As a header
 * where Folio is served by its own commands, on workers' scripts too; as a meta tag for hosts that only copy files.
 */
import type { Plugin } from 'vite';

/** What each exception is for stands in the README, "Limits and privacy". */
const DIRECTIVES: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  // WebAssembly is compiled, text never is.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  // Mantine and the charts set sizes and colours in style attributes.
  'style-src': "'self' 'unsafe-inline'",
  // Charts are saved as pictures by way of a canvas; icons in Mantine's styles are data.
  'img-src': "'self' data: blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

const write = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');

/** For answers of a server: with them, memory may be shared with threads. */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** For answers of a server. Only a header can forbid to be framed. */
export const SECURITY_HEADER = {
  'Content-Security-Policy': write({ ...DIRECTIVES, 'frame-ancestors': "'none'" }),
};

/** Puts the policy into every built page, before anything that it rules. */
export function securityPolicy(): Plugin {
  return {
    name: 'folio-security-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: write(DIRECTIVES) },
          injectTo: 'head-prepend',
        },
      ],
    },
  };
}
