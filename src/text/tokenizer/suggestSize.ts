/** What follows from a text's size: the vocabulary, how long to train, and how much to guard against overfitting. */
import { DEFAULT_CONFIG, FIELD_PATHS, type FieldPath, settingOf } from '../../core/config.ts';
import { LONG_TEXT } from '../../core/settingRow.ts';
import type { TextCounts } from '../textCounts.ts';

/** The sonnets, and the size that did best on them among those tried; see docs/LEARNING.md. */
const MEASURED = { letters: 94_000, vocabSize: 2048 };
/** Chinese and Japanese characters and Korean syllables say about as much as two or three letters each. */
const LETTERS_PER_WIDE = 2.5;
const SMALLEST = 320;
const LARGEST = 32_000;
const ROUND_TO = 64;
const FEWEST_STEPS = 500;
const MOST_STEPS = 6000;

/** What a suggestion reads of a text. */
export type TextSize = Pick<TextCounts, 'characters' | 'wideCharacters' | 'frequentCharacters'>;

/** Letters of an alphabet that would say as much. */
function lettersOf({ characters, wideCharacters }: TextSize): number {
  return characters + (LETTERS_PER_WIDE - 1) * wideCharacters;
}

/**
 * Grows with the square root of the text: the vocabulary of a language grows about like that with the text (Heaps' law), so
 * each entry is seen more often the longer the text is. On top come the frequent characters of more than one byte, each of
 * which needs a merge before words can be made of them. Measured on the sonnets, tried at a million letters; elsewhere it
 * is a rule.
 * @example 94,000 letters of English: 2048
 * @example 10,000 characters of Japanese, 400 of them frequent: 1408
 */
export function suggestVocabSize(text: TextSize) {
  const wanted = MEASURED.vocabSize * Math.sqrt(lettersOf(text) / MEASURED.letters) + text.frequentCharacters;
  const rounded = ROUND_TO * Math.round(wanted / ROUND_TO);
  const vocabSize = Math.max(SMALLEST, Math.min(LARGEST, rounded));
  const charactersEach = Math.round(text.characters / vocabSize);
  return {
    vocabSize,
    reason:
      `Suggested for this text: ${vocabSize.toLocaleString('en')}, about one for every ${charactersEach.toLocaleString('en')} ` +
      'characters of text. With more tokens, the rare ones would occur too seldom to be learned.',
  };
}

/**
 * Grows with the square root of the text: a longer one has more to learn and is overfitted later. Measured on the sonnets,
 * tried at a million letters; elsewhere it is a rule.
 * @example 94,000 letters: 1500
 * @example 1,000,000 letters: 4900
 */
export function suggestSteps(text: TextSize): number {
  const wanted = DEFAULT_CONFIG.training.steps * Math.sqrt(lettersOf(text) / MEASURED.letters);
  return Math.max(FEWEST_STEPS, Math.min(MOST_STEPS, 100 * Math.round(wanted / 100)));
}

/**
 * The settings that follow from a text, but for the steps; the others are those of the preset. What reduces overfitting costs
 * words where there is little of it: see “Longer texts” in docs/LEARNING.md.
 */
export function suggestSettings(text: TextSize): Readonly<Partial<Record<FieldPath, string | number>>> {
  const isLong = lettersOf(text) >= LONG_TEXT;
  const ofLongTexts = FIELD_PATHS.flatMap((path) => {
    const { longText } = settingOf(path);
    return isLong && longText !== undefined ? [[path, longText] as const] : [];
  });
  return { 'tokenizer.vocabSize': suggestVocabSize(text).vocabSize, ...Object.fromEntries(ofLongTexts) };
}
