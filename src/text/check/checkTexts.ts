/**
 * The check of texts before a model is trained on them: what is found, and its repair. Nothing is changed unasked. Large texts
 * are read in parts, so that the time is linear, and messages are answered between two parts.
 */
import { yieldToMessages } from '../../core/yieldToMessages.ts';
import type { SourceText } from '../documentTable.ts';
import { codes } from './codes.ts';
import { hyphens, softHyphens } from './cutWords.ts';
import { duplicatesFinding, findCopies, withoutCopies } from './duplicates.ts';
import { type Finding, type Found, REPAIR_NAMES, type Repair, type RepairName, type TextCheck } from './finding.ts';
import { frame } from './frames.ts';
import { CHARACTER_CHECKS } from './lookalikes.ts';
import { mojibake } from './mojibake.ts';
import { pages } from './pages.ts';
import { escapes, specialTokens } from './typed.ts';
import { wrappedLines } from './wraps.ts';

const TEXT_CHECKS: readonly TextCheck[] = [
  mojibake,
  codes,
  escapes,
  ...CHARACTER_CHECKS,
  frame,
  pages,
  hyphens,
  softHyphens,
  wrappedLines,
  specialTokens,
].toSorted((a, b) => REPAIR_NAMES.indexOf(a.name) - REPAIR_NAMES.indexOf(b.name));

/** Characters of a part; a frame is looked for in the whole. */
const PART = 2 ** 21;
/** Longest work between two looks at the messages. */
const SLICE_MS = 12;

/** A text in parts that end at blank lines, or else at line ends. */
function partsOf(text: string, { name }: TextCheck): string[] {
  if (name === 'frame' || text.length <= 1.5 * PART) return [text];
  const parts: string[] = [];
  let start = 0;
  while (text.length - start > 1.5 * PART) {
    const blank = text.indexOf('\n\n', start + PART);
    const line = text.indexOf('\n', start + PART);
    const end = blank >= 0 && blank < start + 1.25 * PART ? blank + 2 : line < 0 ? text.length : line + 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return parts;
}

function createPauses(): () => Promise<void> {
  let until = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < until) return;
    await yieldToMessages();
    until = performance.now() + SLICE_MS;
  };
}

function findingOf(check: TextCheck, found: readonly Found[]): Finding | null {
  const { name, repairLabel, sentence, repaired } = check;
  const [first] = found;
  if (first === undefined) return null;
  const count = found.reduce((sum, each) => sum + each.count, 0);
  const what = [...new Set(found.flatMap((each) => (each.what ? [each.what] : [])))];
  return {
    name,
    count,
    sentence: sentence(count, what),
    repair: repairLabel,
    repaired: repaired(count),
    example: first.example,
  };
}

/** Everything that is wrong with texts in the eyes of a person who prepares them; empty for clean ones. */
export async function checkTexts(sources: readonly SourceText[]): Promise<Finding[]> {
  const pause = createPauses();
  const findings: Finding[] = [];
  for (const check of TEXT_CHECKS) {
    const found: Found[] = [];
    for (const { text } of sources) {
      for (const part of partsOf(text, check)) {
        const own = check.find(part);
        if (own !== null) found.push(own);
        await pause();
      }
    }
    const finding = findingOf(check, found);
    if (finding !== null) findings.push(finding);
  }
  const duplicates = duplicatesFinding(findCopies(sources));
  return duplicates === null ? findings : [...findings, duplicates];
}

/**
 * Texts with some repairs, in the order of {@link REPAIR_NAMES}, whatever the order of the names. Each changes nothing but what
 * its check finds. The texts given stay as they are.
 * @returns the texts, and the repairs that had something to do
 */
export async function repairTexts(
  sources: readonly SourceText[],
  names: readonly RepairName[],
): Promise<{ readonly sources: readonly SourceText[]; readonly repairs: readonly Repair[] }> {
  const pause = createPauses();
  const repairs: Repair[] = [];
  let repaired: readonly SourceText[] = sources;
  for (const check of TEXT_CHECKS) {
    if (!names.includes(check.name)) continue;
    const found: Found[] = [];
    const next: SourceText[] = [];
    for (const { name, text } of repaired) {
      const parts: string[] = [];
      for (const part of partsOf(text, check)) {
        const own = check.find(part);
        if (own !== null) found.push(own);
        parts.push(own === null ? part : check.repair(part));
        await pause();
      }
      next.push({ name, text: parts.join('') });
    }
    if (found.length > 0) repaired = next;
    repairs.push(...repairOf(findingOf(check, found)));
  }
  if (!names.includes('duplicates')) return { sources: repaired, repairs };
  const copies = findCopies(repaired);
  const duplicates = duplicatesFinding(copies);
  if (duplicates === null) return { sources: repaired, repairs };
  return { sources: withoutCopies(copies), repairs: [...repairs, ...repairOf(duplicates)] };
}

const repairOf = (finding: Finding | null): Repair[] =>
  finding === null ? [] : [{ name: finding.name, repaired: finding.repaired }];
