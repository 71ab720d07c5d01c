/** Which way a person's text runs. Where it has no masks, `dir="auto"` and `<bdi>` know it. */

/** A letter of a script that is written from the right. */
const FROM_THE_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

/** The direction of the first letter, names of special tokens left out; undefined where there is none. */
export function textDirection(text: string): 'rtl' | 'ltr' | undefined {
  const letter = /\p{L}/u.exec(text.slice(0, 1000).replace(/<\/?[a-z]+>/gu, ''))?.[0];
  if (letter === undefined) return undefined;
  return FROM_THE_RIGHT.test(letter) ? 'rtl' : 'ltr';
}

/** A text for the middle of a sentence of another direction, between the marks that isolate it (U+2068, U+2069). */
export function isolated(text: string): string {
  return textDirection(text) === 'rtl' ? `\u2068${text}\u2069` : text;
}
