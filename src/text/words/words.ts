/** Words of a text: where they are, what stands in front of them, and the tokens that they are made of. */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** A word as people count it: letters, marks and digits, with apostrophes inside ("o’er", "beauty's"). */
const WORD = String.raw`[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*`;
const WORDS = new RegExp(WORD, 'gu');
/** Scripts that are written without spaces between words: where one ends is not seen from its characters. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether the words of a text can be told apart by its spaces. */
export function hasSpacedWords(text: string): boolean {
  return !WITHOUT_SPACES.test(text);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The words of a text for counting: what stands between white space; in scripts without spaces what `Intl.Segmenter` finds. */
export function segmentWords(text: string): string[] {
  return (text.match(/\S+/gu) ?? []).flatMap((run) =>
    hasSpacedWords(run)
      ? [run]
      : Array.from(segmenter.segment(run)).flatMap(({ segment, isWordLike }) => (isWordLike ? [segment] : [])),
  );
}

/** The words of a text with their places, in UTF-16 units. */
export function wordsOf(text: string): { readonly word: string; readonly start: number }[] {
  return [...text.matchAll(WORDS)].map(({ 0: word, index }) => ({ word, start: index }));
}

/** What can stand in front of a word: a space that its first token brings, nothing, or either. */
export type WordStart = 'spaced' | 'bare' | 'either';

/**
 * What can stand in front of a word that follows a text: nothing at the start of a line, a space behind a word, either behind
 * what opens (a quotation mark, a bracket, a dash).
 * @param before the text on its left, without the white space next to it
 * @param isSpaced whether there is white space between the two; null where that is not to be told
 */
export function wordStartAfter(before: string, isSpaced: boolean | null): WordStart {
  if (before === '' || before.endsWith('\n')) return 'bare';
  if (isSpaced !== null) return isSpaced ? 'spaced' : 'bare';
  return /[\p{L}\p{M}\p{N}.,;:!?)\]}]$/u.test(before) ? 'spaced' : 'either';
}

/** The tokens of a word, with the space before it and without, as far as either can stand there. */
export function formsOf(word: string, start: WordStart, tokenizer: Pick<Tokenizer, 'encode'>): number[][] {
  const spaces = { spaced: [' '], bare: [''], either: [' ', ''] }[start];
  return spaces.map((space) => tokenizer.encode(space + word));
}

/** A token within the words that begin alike. */
export interface WordNode {
  readonly next: Map<number, WordNode>;
  /** The word that ends here. */
  word: string | null;
  /** Bit n is set where a word ends n tokens further on. */
  reach: number;
}

/** The tokens of words, by what stands in front of them. */
export type WordTree = Readonly<Record<WordStart, WordNode>>;

/**
 * Puts words into a tree of their tokens. What is in no word of a text would be a piece of one, in the place of a word.
 * Yields after each word.
 * @param longest words of more tokens are left out; at most 30
 */
export function* createWordTree(
  words: Iterable<string>,
  tokenizer: Pick<Tokenizer, 'encode'>,
  longest: number,
): Generator<null, WordTree> {
  const [spaced, bare] = [newNode(), newNode()];
  for (const word of words) {
    addWord(spaced, tokenizer.encode(` ${word}`), word, longest);
    addWord(bare, tokenizer.encode(word), word, longest);
    yield null;
  }
  // A token with a space before it is never one without.
  const either = { next: new Map([...spaced.next, ...bare.next]), word: null, reach: spaced.reach | bare.reach };
  return { spaced, bare, either };
}

/** Whether a tree holds a word as these tokens. */
export function holdsWord(root: WordNode, word: string, ids: readonly number[]): boolean {
  let node: WordNode | undefined = root;
  for (const id of ids) node = node?.next.get(id);
  return node?.word === word;
}

/** Every token as an answer of its own: for scripts whose words can't be told apart. */
export function createPieceTree({ tokenCount, isSpecial, textOf }: Tokenizer): WordTree {
  const root = newNode();
  root.reach = 1 << 1;
  for (let id = 0; id < tokenCount; id++) {
    const word = textOf(id).trim();
    if (!isSpecial(id) && word !== '') root.next.set(id, { ...newNode(), word });
  }
  return { spaced: root, bare: root, either: root };
}

const newNode = (): WordNode => ({ next: new Map(), word: null, reach: 0 });

function addWord(root: WordNode, ids: readonly number[], word: string, longest: number): void {
  if (ids.length > longest) return;
  let node = root;
  for (const [at, id] of ids.entries()) {
    node.reach |= 1 << (ids.length - at);
    const next = node.next.get(id) ?? newNode();
    node.next.set(id, next);
    node = next;
  }
  node.word = word;
}
