/**
 * The check of texts before a model is trained on them: what is found, and its repair. Nothing is changed unasked. Large texts
 * are read in parts, so that the time is linear, and messages are answered between two parts.
 */
import { driveInSlices } from '../../core/yieldToMessages.ts';
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
    repaired: repaired(count, what),
    example: first.example,
  };
}

/** Reads texts with a check. Yields after each part. @returns what it finds, and the texts after its repair where that is wanted */
function* apply(
  check: TextCheck,
  sources: readonly SourceText[],
  repairs: boolean,
): Generator<null, { readonly finding: Finding | null; readonly repaired: readonly SourceText[] }> {
  const found: Found[] = [];
  const repaired: SourceText[] = [];
  for (const { name, text } of sources) {
    const parts: string[] = [];
    for (const part of partsOf(text, check)) {
      const own = check.find(part);
      if (own !== null) found.push(own);
      if (repairs) parts.push(own === null ? part : check.repair(part));
      yield null;
    }
    repaired.push({ name, text: parts.join('') });
  }
  return { finding: findingOf(check, found), repaired: repairs && found.length > 0 ? repaired : sources };
}

/** Everything that is wrong with texts in the eyes of a person who prepares them; empty for clean ones. */
export function checkTexts(sources: readonly SourceText[]): Promise<Finding[]> {
  return driveInSlices(findAll(sources));
}

function* findAll(sources: readonly SourceText[]): Generator<null, Finding[]> {
  const findings: (Finding | null)[] = [];
  for (const check of TEXT_CHECKS) findings.push((yield* apply(check, sources, false)).finding);
  return [...findings, duplicatesFinding(findCopies(sources))].filter((finding) => finding !== null);
}

interface RepairedTexts {
  readonly sources: readonly SourceText[];
  /** Those that had something to do. */
  readonly repairs: readonly Repair[];
}

/**
 * Texts with some repairs, in the order of {@link REPAIR_NAMES}, whatever the order of the names. Each changes nothing but what
 * its check finds. The texts given stay as they are.
 */
export function repairTexts(sources: readonly SourceText[], names: readonly RepairName[]): Promise<RepairedTexts> {
  return driveInSlices(repairAll(sources, names));
}

function* repairAll(texts: readonly SourceText[], names: readonly RepairName[]): Generator<null, RepairedTexts> {
  const repairs: Repair[] = [];
  let sources = texts;
  const note = (finding: Finding | null): void => {
    if (finding !== null) repairs.push({ name: finding.name, repaired: finding.repaired });
  };
  for (const check of TEXT_CHECKS.filter(({ name }) => names.includes(name))) {
    const { finding, repaired } = yield* apply(check, sources, true);
    note(finding);
    sources = repaired;
  }
  if (names.includes('duplicates')) {
    const copies = findCopies(sources);
    const finding = duplicatesFinding(copies);
    note(finding);
    if (finding !== null) sources = withoutCopies(copies);
  }
  return { sources, repairs };
}
