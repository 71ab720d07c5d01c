/** Draws the icons of the installed page from the one drawing, `public/favicon.svg`: `npm run icons`. */
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium, type Page } from '@playwright/test';
import { findChromium } from '../tools/chromium.mjs';

const FOLDER = 'public/icons';
const PAPER = '#fbf8f1';

/** Systems cut the edges of some icons away: up to a tenth of the width on each side. */
interface Icon {
  readonly name: string;
  readonly pixels: number;
  /** Share of the width that the drawing takes. */
  readonly share: number;
}

const ICONS: readonly Icon[] = [
  { name: 'icon-192', pixels: 192, share: 1 },
  { name: 'icon-512', pixels: 512, share: 1 },
  { name: 'maskable-512', pixels: 512, share: 0.78 },
  { name: 'apple-touch-icon', pixels: 180, share: 0.9 },
];

async function draw(page: Page, drawing: string, { name, pixels, share }: Icon): Promise<void> {
  await page.setViewportSize({ width: pixels, height: pixels });
  const place = `position:absolute;inset:${50 * (1 - share)}%;width:${100 * share}%;height:${100 * share}%`;
  await page.setContent(`<body style="margin:0;background:${PAPER}"><div style="${place}">${drawing}</div></body>`);
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
}

mkdirSync(FOLDER, { recursive: true });
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }) });
try {
  const page = await browser.newPage();
  const drawing = readFileSync('public/favicon.svg', 'utf8');
  for (const icon of ICONS) await draw(page, drawing, icon);
} finally {
  await browser.close();
}
