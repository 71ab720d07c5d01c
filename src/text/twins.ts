/**
 * Documents that say the same: exactly, but for spaces, signs and capitals, or nearly. In linear time, by MinHash.
 * Source: Broder (1997), "On the resemblance and containment of documents"; Li, Owen and Zhang (2012), "One Permutation
 * Hashing"; candidates in bands, as in Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3.
 */
import { enlarge } from '../core/bytes.ts';

/** Documents of fewer words are twins only if they are the same. */
const LEAST_WORDS = 30;
/** Words in a shingle. */
const SHINGLE = 4;
/** Share of the shingles of two documents that both have, from which on they are twins. */
const LEAST_SHARED = 0.7;
const BANDS = 8;
const ROWS = 3;
const BINS = BANDS * ROWS;
/** Where shingles fill fewer bins than this, a document is one phrase, again and again. */
const LEAST_BINS = 10;

/** Kana and ideographs lie from here on; each says as much as so many letters of an alphabet. */
const FIRST_KANA = 0x3040;
const KANA_LETTERS = 3;

/** Which UTF-16 units are letters or numbers: 1; 2 where each is a word, as scripts without spaces have it. */
let kinds: Uint8Array | null = null;

function unitKinds(): Uint8Array {
  kinds ??= Uint8Array.from({ length: 0x10000 }, (_, code) => {
    const isHalf = code >= 0xd800 && code < 0xe000;
    if (!isHalf && !/[\p{L}\p{N}]/u.test(String.fromCharCode(code))) return 0;
    const isWord =
      (code >= 0x0e00 && code < 0x1000) || (code >= 0x1780 && code < 0x1800) || (code >= 0x3040 && code < 0xac00);
    return isWord ? 2 : 1;
  });
  return kinds;
}

/** Mixes the bits of a hash. */
function mix(hash: number): number {
  let value = hash;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A document as hashes of its words, and a hash of all of its letters. */
type Reading = ReturnType<ReturnType<typeof createReader>>;

/** Reads one document after another into the same room. */
function createReader() {
  const ofUnit = unitKinds();
  let words = new Uint32Array(1024);
  return (document: string) => {
    const text = document.normalize('NFKC').toLowerCase();
    let length = 0;
    let word = 0;
    let letters = 0;
    let all = 0x811c9dc5;
    let check = 0;
    const close = (): void => {
      if (word === 0) return;
      if (length === words.length) words = enlarge(words, new Uint32Array(2 * length));
      words[length++] = mix(word);
      word = 0;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const kind = ofUnit[code] as number;
      if (kind === 0 || kind === 2) close();
      if (kind === 0) continue;
      word = Math.imul(word ^ (code + 1), 0x01000193) || 1;
      all = Math.imul(all ^ code, 0x01000193);
      check = (Math.imul(check, 31) + code) | 0;
      letters += kind === 2 && code >= FIRST_KANA ? KANA_LETTERS : 1;
    }
    close();
    return {
      words,
      length,
      /** Letters and numbers; an ideograph is three. */
      letters,
      /** Two hashes of these in one number. */
      key: (all >>> 0) * 2 ** 20 + (check & 0xfffff),
    };
  };
}

/** Each shingle's hash of a document; not in their order. */
function* shingles({ words, length }: Reading): Generator<number> {
  for (let at = 0; at + SHINGLE <= length; at++) yield shingleAt(words, at);
}

function shingleAt(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let place = at; place < at + SHINGLE; place++)
    hash = Math.imul(hash ^ (words[place] as number), 0x9e3779b1) + place - at;
  return mix(hash);
}

const EMPTY = 0xffffffff;

/** The least shingle in each bin, those of a band together in one number; null: there are too few. */
function bandsOf(reading: Reading, least: Uint32Array): Uint32Array | null {
  least.fill(EMPTY);
  for (let at = 0; at + SHINGLE <= reading.length; at++) {
    const hash = shingleAt(reading.words, at);
    const bin = hash % BINS;
    if (hash < (least[bin] as number)) least[bin] = hash;
  }
  if (least.reduce((filled, hash) => filled + (hash === EMPTY ? 0 : 1), 0) < LEAST_BINS) return null;
  return Uint32Array.from({ length: BANDS }, (_, band) => {
    let key = band;
    for (let row = 0; row < ROWS; row++) key = mix(key ^ (least[band * ROWS + row] as number));
    return key;
  });
}

/** Groups of documents, each known by its first. */
function createGroups(length: number) {
  const first = Int32Array.from({ length }, (_, index) => index);
  const find = (document: number): number => {
    let root = document;
    while (first[root] !== root) root = first[root] as number;
    let at = document;
    while (first[at] !== root) {
      const next = first[at] as number;
      first[at] = root;
      at = next;
    }
    return root;
  };
  return {
    areJoined: (a: number, b: number): boolean => find(a) === find(b),
    join(a: number, b: number): void {
      const [low, high] = [Math.min(find(a), find(b)), Math.max(find(a), find(b))];
      first[high] = low;
    },
    /** For each document the first of its group. */
    all: (): Int32Array => first.map((_, index) => find(index)),
  };
}

export type Twins = ReturnType<typeof findTwins>;

/** Finds the twins among documents. @param documentAt its text; is asked for some of them twice */
export function findTwins(length: number, documentAt: (index: number) => string) {
  const read = createReader();
  const groups = createGroups(length);
  const letters = new Int32Array(length);
  const exact = new Uint8Array(length);
  const seen = new Map<number, number>();
  const least = new Uint32Array(BINS);
  const keys = new Uint32Array(BANDS * length);
  const long: number[] = [];
  for (let index = 0; index < length; index++) {
    const reading = read(documentAt(index));
    letters[index] = reading.letters;
    if (reading.letters === 0) continue;
    const twin = seen.get(reading.key);
    if (twin !== undefined) {
      groups.join(twin, index);
      exact[index] = 1;
      continue;
    }
    seen.set(reading.key, index);
    const bands = reading.length < LEAST_WORDS ? null : bandsOf(reading, least);
    if (bands === null) continue;
    keys.set(bands, BANDS * index);
    long.push(index);
  }
  const shinglesOf = (index: number): ReadonlySet<number> => new Set(shingles(read(documentAt(index))));
  for (const [one, other] of candidates(long, keys)) {
    if (!groups.areJoined(one, other) && isNear(shinglesOf(one), shinglesOf(other))) groups.join(one, other);
  }
  return {
    /** For each document the first that says the same, or nearly; itself: nothing before it does. */
    first: groups.all(),
    /** Letters and numbers of each document; an ideograph is three. */
    letters,
    /** 1 where the whole of it stands before, but for spaces, signs and capitals. */
    exact,
  };
}

/** Pairs of documents with a band in common, each with the first that has it; some more than once. */
function* candidates(long: readonly number[], keys: Uint32Array): Generator<readonly [number, number]> {
  for (let band = 0; band < BANDS; band++) {
    const firsts = new Map<number, number>();
    for (const index of long) {
      const key = keys[BANDS * index + band] as number;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, index);
      else yield [first, index];
    }
  }
}

function isNear(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
  let shared = 0;
  for (const shingle of one) if (other.has(shingle)) shared++;
  return shared >= LEAST_SHARED * (one.size + other.size - shared);
}
