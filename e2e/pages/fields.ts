/** Fields and figures are found by the words that a person reads. */
import type { Locator, Page } from '@playwright/test';

/** A field by its label. Groups and landmarks may have the same name. */
export function field(page: Page, label: string): Locator {
  return page.getByLabel(label, { exact: true }).and(page.locator('input, select, textarea'));
}

/** Types into a field as a person does: replacing what is there. */
export async function fillField(page: Page, label: string, value: string | number): Promise<void> {
  await field(page, label).fill(String(value));
}

/** Chooses a radio button of a group. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('radiogroup', { name: label, exact: true }).getByRole('radio', { name: option }).check();
}

/** The value of a figure: what stands under its name. */
export function figure(page: Page, group: string, name: string): Locator {
  const term = page.getByText(name, { exact: true });
  return page.getByLabel(group, { exact: true }).locator('div', { has: term }).locator('dd');
}

/** The first number in a text: "1,024 merges" is 1024. */
export function numberIn(text: string): number {
  const found = /-?\d[\d,]*(\.\d+)?/.exec(text);
  if (found === null) throw new Error(`no number in "${text}"`);
  return Number(found[0].replaceAll(',', ''));
}
