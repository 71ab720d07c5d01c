/** What would not be seen, as a sign: "·" for a space, "↵" for a line break, "→" for a tab, "\\u0085" for other controls. */
export function showSpaces(text: string): string {
  return text
    .replace(/ /g, '\u00b7')
    .replace(/\n/g, '\u21b5')
    .replace(/\t/g, '\u2192')
    .replace(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A token as a word: without the space before it, "␣" where it is nothing else, "▯" for a part of a character. */
export function shownToken(text: string): string {
  return text.trim().replace(/\ufffd+/gu, '\u25af') || '␣';
}
