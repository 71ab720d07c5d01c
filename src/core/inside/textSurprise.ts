/** How surprising each token of a text is to a masked language model, and what that says of the text. */

/** A token that was hidden, with what the model thought of it. */
export interface TokenSurprise {
  /** UTF-16 range in the text. */
  readonly start: number;
  readonly end: number;
  /** −ln p of the token at its place, with it alone hidden. */
  readonly nats: number;
  /** Tokens that the model thought likelier. */
  readonly likelier: number;
  /** What it would have put there, and the probability of that. */
  readonly guess: string;
  readonly guessProbability: number;
}

/** Figures of a text; see Salazar et al. (2020), Masked Language Model Scoring. */
export interface TextSurprise {
  readonly tokens: number;
  /** Σ ln p(token | all others): the pseudo-log-likelihood, nats. */
  readonly logLikelihood: number;
  /** exp(−pseudo-log-likelihood / tokens). */
  readonly pseudoPerplexity: number;
}

/** @returns null without a token */
export function summarizeSurprise(items: readonly TokenSurprise[]): TextSurprise | null {
  if (items.length === 0) return null;
  const nats = items.reduce((sum, item) => sum + item.nats, 0);
  return { tokens: items.length, logLikelihood: -nats, pseudoPerplexity: Math.exp(nats / items.length) };
}

/** The tokens of one word. */
export interface SurprisingWord {
  /** As it stands in the text, without white space around it. */
  readonly text: string;
  /** UTF-16 range. */
  readonly start: number;
  readonly end: number;
  readonly items: readonly TokenSurprise[];
  /** Sum over its tokens. */
  readonly nats: number;
}

/**
 * The scored tokens by word: a word ends where white space stands. Tokens that share a character go together.
 * @example words of "summer’s day" in the tokens " summer", "’s", " day": "summer’s" of two, "day" of one
 */
export function groupWords(text: string, items: readonly TokenSurprise[]): SurprisingWord[] {
  const words: SurprisingWord[] = [];
  let current: TokenSurprise[] = [];
  const close = (): void => {
    const [first, last] = [current[0], current.at(-1)];
    if (first === undefined || last === undefined) return;
    const piece = text.slice(first.start, last.end);
    const start = first.start + (piece.length - piece.trimStart().length);
    const nats = current.reduce((sum, item) => sum + item.nats, 0);
    // White space alone is no word.
    if (piece.trim() !== '') words.push({ text: piece.trim(), start, end: last.end, items: current, nats });
    current = [];
  };
  for (const item of items) {
    const before = current.at(-1);
    const between = before === undefined ? '' : text.slice(before.end, item.start);
    if (/^\s/u.test(text.slice(item.start, item.end)) || between !== '') close();
    current.push(item);
  }
  close();
  return words;
}
