/**
 * The line that a model's words are read against: a table of neighbouring words, as good as one gets. It knows for each word
 * of the training text what stood on its left, on its right and on both sides, and is asked at the same places as the model,
 * with both neighbours in sight. Punctuation and line breaks are neighbours, and are no answers; neighbours are read without
 * capitals. How far each count is trusted is chosen by what is asked of the table: hits on training documents left out.
 *
 *     q(w) of `text/reference/shrinkage.ts`, its K the number of different words of both texts, those not counted included
 *
 * Its weights start at k = 32 (left, right) and 8 (both), λ = ½, and are set one after another, twice over, to the value with
 * the most hits (first, and among five, added) on the first {@link TUNING_WORDS} words of every fifth document by the counts
 * of the others; the weight before it stays where no value has more.
 */
import type { WordFigures } from '../../core/answers.ts';
import { FIRST_ORDINARY_ID } from '../../core/config.ts';
import { type EncodedDocuments, encodeDocuments, type LineEncoder } from '../batches/encodeDocuments.ts';
import { type CountedText, countNeighbours, neighboursAt, neighboursOf } from '../reference/neighbourCounts.ts';
import { NeighbourTable, type Prediction } from '../reference/referenceLines.ts';
import { descend, type Shrinkage } from '../reference/shrinkage.ts';
import type { WordPlace } from './wordPlaces.ts';
import { wordsOf } from './words.ts';

/** Weights are tried on every fifth document, on so many words at most, that many times over. */
const EVERY = 5;
const TUNING_WORDS = 2000;
const ROUNDS = 2;
const WEIGHTS = [4, 8, 16, 32, 64, 128];
const GRID = { left: WEIGHTS, right: WEIGHTS, both: WEIGHTS, leftShare: [0.3, 0.4, 0.5, 0.6, 0.7] };
const START: Shrinkage = { leftAlone: 4, rightAlone: 4, left: 32, right: 32, both: 8, leftShare: 0.5 };

/** Words, and what stands between them, with a number for each that is found. */
class Elements implements LineEncoder {
  readonly lineBreakId = FIRST_ORDINARY_ID;
  readonly #ids = new Map<string, number>();
  readonly #words = new Set<number>();

  encodeWords(line: string): (readonly number[])[] {
    return this.elementsOf(line).map(({ id }) => [id]);
  }

  /** Words and what is between them without its white space, in order. */
  elementsOf(line: string): { readonly id: number; readonly start: number }[] {
    const elements: { id: number; start: number }[] = [];
    let end = 0;
    const addBetween = (start: number): void => {
      const between = line.slice(end, start).trim();
      if (between !== '') elements.push({ id: this.#idOf(between), start: end });
    };
    for (const { word, start } of wordsOf(line)) {
      addBetween(start);
      const id = this.#idOf(word);
      this.#words.add(id);
      elements.push({ id, start });
      end = start + word.length;
    }
    addBetween(line.length);
    return elements;
  }

  /** V of a vocabulary of the elements. */
  get size(): number {
    return FIRST_ORDINARY_ID + 1 + this.#ids.size;
  }

  get words(): number {
    return this.#words.size;
  }

  isWord = (id: number): boolean => this.#words.has(id);

  /** What each element is to those beside it: itself, without capitals. */
  contextsOf(ids: Int32Array): Int32Array {
    const folded = new Map([...this.#ids].map(([element, id]) => [id, this.#idOf(element.toLowerCase())]));
    return ids.map((id) => folded.get(id) ?? id);
  }

  #idOf(element: string): number {
    const known = this.#ids.get(element);
    if (known !== undefined) return known;
    const id = this.size;
    this.#ids.set(element, id);
    return id;
  }
}

/**
 * Asks a table of neighbouring words for held-out words. Yields between pieces of work.
 * @param training the lines of each training document
 * @param heldOut those of each held-out document
 * @param places words of the held-out documents
 * @returns for each place the word's probability, and how many other words the table finds likelier
 */
export function* neighbourWords(
  training: Iterable<readonly string[]>,
  heldOut: readonly (readonly string[])[],
  places: readonly WordPlace[],
): Generator<null, Prediction[]> {
  const elements = new Elements();
  const encode = function* (documents: Iterable<readonly string[]>): Generator<null, CountedText> {
    const encoding = encodeDocuments(documents, elements);
    for (let step = encoding.next(); ; step = encoding.next()) {
      if (step.done) {
        return { ...step.value, isCounted: elements.isWord, contexts: elements.contextsOf(step.value.ids) };
      }
      yield null;
    }
  };
  const known = yield* encode(training);
  const asked = yield* encode(heldOut);
  const shape = [elements.size, elements.words] as const;
  const shrinkage = yield* chooseByHits(known, ...shape);
  const counts = yield* countNeighbours(known, elements.size);
  const table = new NeighbourTable(known, counts, shrinkage, ...shape);
  const elementOf = elementFinder(elements, asked, heldOut);
  const found: Prediction[] = [];
  for (const place of places) {
    const neighbours = neighboursAt(asked, place.document, elementOf(place));
    if (neighbours === null) throw new Error(`no word at ${place.document}:${place.line}:${place.start}`);
    found.push(table.predict(neighbours, true, true));
    yield null;
  }
  return found;
}

/** Chooses weights by the words that are found, first and among five, in each fifth document by the counts of the others. */
function* chooseByHits(text: CountedText, vocabSize: number, words: number): Generator<null, Shrinkage> {
  const isTried = (document: number): boolean => document % EVERY === 0;
  const counts = yield* countNeighbours(text, vocabSize, (document) => !isTried(document));
  const places = [...neighboursOf(text, isTried)].slice(0, TUNING_WORDS);
  const hitsOf = (shrinkage: Shrinkage): number => {
    const table = new NeighbourTable(text, counts, shrinkage, vocabSize, words);
    return places.reduce((sum, place) => {
      const { rank } = table.predict(place, true, true);
      return sum + (rank < 1 ? 1 : 0) + (rank < 5 ? 1 : 0);
    }, 0);
  };
  return yield* descend(START, GRID, ROUNDS, (shrinkage) => -hitsOf(shrinkage));
}

/** Finds the places of words among the elements of their text; asked in the text's order, it reads each line once. */
function elementFinder(
  elements: Elements,
  { documentStarts }: EncodedDocuments,
  documents: readonly (readonly string[])[],
): (place: WordPlace) => number {
  let [document, line, lineStart] = [-1, -1, 0];
  let within = elements.elementsOf('');
  return (place) => {
    if (place.document !== document) {
      document = place.document;
      [line, lineStart, within] = [-1, (documentStarts[document] ?? 0) - 1, []];
    }
    while (line < place.line) {
      // A line break stands between two lines.
      lineStart += within.length + 1;
      line++;
      within = elements.elementsOf(documents[document]?.[line] ?? '');
    }
    return lineStart + within.findIndex(({ start }) => start === place.start);
  };
}

/** What ranks say together. */
export function wordFigures(ranks: readonly number[]): WordFigures {
  const share = (among: number): number => ranks.filter((rank) => rank < among).length / ranks.length;
  return { top1: share(1), top5: share(5), words: ranks.length };
}
