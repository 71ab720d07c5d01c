/** Asks for the fonts of the first page together with its scripts, so that letters are not drawn twice. */
import type { Plugin } from 'vite';

/** The book face and the sans, Latin letters: what the first page is set in. */
const FIRST_FONTS = /^assets\/(newsreader-latin|inter-latin)-wght-normal-.*\.woff2$/;

/** Adds the hints to `index.html` of a build. */
export function preloadFonts(): Plugin {
  return {
    name: 'folio-preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle, path }) => {
        if (path !== '/index.html') return [];
        const fonts = Object.keys(bundle ?? {}).filter((name) => FIRST_FONTS.test(name));
        if (fonts.length !== 2) throw new Error(`The first page has ${fonts.length} fonts to ask for, not 2.`);
        return fonts.map((name) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `./${name}` },
          injectTo: 'head' as const,
        }));
      },
    },
  };
}
