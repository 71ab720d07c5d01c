/** Fields and figures are found by the words that a person reads. */
import type { Locator, Page } from '@playwright/test';

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A field by its own word, which stands in brackets after the plain one: "How many pieces (Vocabulary size)". */
export function field(page: Page, term: string): Locator {
  return page.getByLabel(new RegExp(`\\(${escapePattern(term)}\\)$`));
}

/** Types into a field as a person does: replacing what is there. */
export async function fillField(page: Page, term: string, value: string | number): Promise<void> {
  await field(page, term).fill(String(value));
}

/** Chooses a radio button of a group. */
export async function choose(page: Page, term: string, option: string): Promise<void> {
  await page
    .getByRole('radiogroup', { name: new RegExp(`\\(${escapePattern(term)}\\)$`) })
    .getByRole('radio', { name: option })
    .check();
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
