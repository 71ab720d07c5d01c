/**
 * Writes `docs/design.html`: design tokens, type and components as Folio's own code draws them, in one file that needs nothing
 * else. `npm run design`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import { findChromium } from '../tools/chromium.mjs';

const TARGET = 'docs/design.html';
const SCHEME = 'data-mantine-color-scheme';

/** The page as it stands: its markup, and of its style sheets the rules that something on it follows. */
function readPage(page: Page): Promise<{ readonly markup: string; readonly styles: string }> {
  return page.evaluate(() => {
    const applies = (rule: CSSStyleRule): boolean => {
      const plain = rule.selectorText.replaceAll(
        /::?(before|after|hover|focus(-visible|-within)?|active|placeholder|disabled)/g,
        '',
      );
      try {
        return plain.trim() === '' || document.querySelector(plain) !== null || plain.includes('dark');
      } catch {
        return true;
      }
    };
    const write = (rule: CSSRule): string => {
      if (rule instanceof CSSStyleRule) return applies(rule) ? rule.cssText : '';
      const isLeftOut =
        rule instanceof CSSFontFaceRule ? !/U\+0+-0*FF\b/i.test(rule.cssText) : rule instanceof CSSKeyframesRule;
      if (isLeftOut) return '';
      if (!(rule instanceof CSSGroupingRule)) return rule.cssText;
      const inner = [...rule.cssRules].map(write).filter((text) => text !== '');
      return inner.length === 0 ? '' : `${rule.cssText.slice(0, rule.cssText.indexOf('{'))}{${inner.join('\n')}}`;
    };
    const styles = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map(write));
    return {
      markup: document.getElementById('root')?.innerHTML ?? '',
      styles: styles.filter((text) => text !== '').join('\n'),
    };
  });
}

/** Fonts move into the file. @param styles with addresses under node_modules */
function withFonts(styles: string): string {
  return styles.replaceAll(/url\("?[^")]*?(node_modules\/[^")?]+\.woff2)[^")]*"?\)/g, (_, path: string) => {
    return `url(data:font/woff2;base64,${readFileSync(path).toString('base64')})`;
  });
}

/** The one thing that the page does: change its scheme. */
const SCRIPT = `const root = document.documentElement;
const set = (scheme) => root.setAttribute('${SCHEME}', scheme);
if (matchMedia('(prefers-color-scheme: dark)').matches) set('dark');
document.getElementById('scheme').onclick = () => set(root.getAttribute('${SCHEME}') === 'dark' ? 'light' : 'dark');`;

const server = await createServer({
  configFile: false,
  root: resolve(import.meta.dirname, 'design'),
  cacheDir: resolve(import.meta.dirname, '../node_modules/.vite-design'),
  plugins: [react()],
  logLevel: 'error',
  server: { port: 0, host: '127.0.0.1', fs: { allow: [resolve(import.meta.dirname, '..')] } },
});
await server.listen();
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }) });
try {
  const page = await browser.newPage();
  // tsx marks the names of functions with a helper, which pages lack.
  await page.addInitScript('globalThis.__name = (value) => value;');
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.getByRole('heading', { name: 'Components' }).waitFor();
  const { markup, styles } = await readPage(page);
  const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">';
  const title = '<title>Folio: the design</title>';
  writeFileSync(
    TARGET,
    `<!doctype html>\n<html lang="en" ${SCHEME}="light">\n<head>${head}${title}\n<style>\n${withFonts(styles)}\n</style></head>\n` +
      `<body>\n${markup}\n<script>${SCRIPT}</script>\n</body>\n</html>\n`,
  );
  console.log(`${TARGET} is written.`);
} finally {
  await browser.close();
  await server.close();
}
