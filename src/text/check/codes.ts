/** Characters that were written as codes on the way: of HTML (“&eacute;”, “&#8217;”) and of programs (“\u00e9”, “\xc3\xa9”). */
import { wordPairs } from '../../core/collections.ts';
import { counted } from '../../core/counts.ts';
import { findMatches, type TextCheck } from './finding.ts';

/** The names that HTML has had from the start for U+00A0 to U+00FF, in their order. */
const LATIN_NAMES =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para ' +
  'middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute ' +
  'Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute ' +
  'THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ' +
  'ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';
/** Those that come from word processors and from escaping, with their characters. */
const OTHER_NAMES =
  'amp & lt < gt > quot " apos \' lsquo ‘ rsquo ’ sbquo ‚ ldquo “ rdquo ” bdquo „ lsaquo ‹ rsaquo › ndash – mdash — hellip … ' +
  'bull • dagger † euro € trade ™ OElig Œ oelig œ Scaron Š scaron š Yuml Ÿ';
const NAMES: ReadonlyMap<string, string> = new Map([
  ...LATIN_NAMES.split(' ').map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...wordPairs(OTHER_NAMES),
]);

const CODES = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,7});|(?:\\u[\da-fA-F]{4})+|(?:\\x[\da-fA-F]{2})+/g;
/** Fewer are quoted by somebody who writes about them. */
const LEAST = 4;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A code's character; the code itself where it stands for none that a text has. */
function character(code: string): string {
  if (code[0] === '&' && code[1] !== '#') return NAMES.get(code.slice(1, -1)) ?? code;
  if (code[0] === '&') {
    const point = /^&#[xX]/.test(code) ? Number.parseInt(code.slice(3, -1), 16) : Number(code.slice(2, -1));
    return point >= 0x20 && point <= 0x10ffff ? printed(String.fromCodePoint(point), code) : code;
  }
  const units = code
    .slice(2)
    .split(/\\[ux]/)
    .map((digits) => Number.parseInt(digits, 16));
  if (code[1] === 'u') return printed(String.fromCharCode(...units), code);
  try {
    return printed(utf8.decode(Uint8Array.from(units)), code);
  } catch {
    return code;
  }
}

const printed = (text: string, code: string): string => (/[\p{Cc}\p{Cn}\p{Co}\p{Cs}]/u.test(text) ? code : text);

export const codes: TextCheck = {
  name: 'codes',
  repairLabel: 'Replace with the characters',
  find: (text) => {
    if (!/&[#\w]+;|\\[ux][\da-fA-F]{2}/.test(text)) return null;
    const found = findMatches(text, CODES, character);
    return found !== null && found.count >= LEAST ? found : null;
  },
  repair: (text) => {
    // “&amp;eacute;” was escaped twice.
    for (let before = ''; before !== text && codes.find(text) !== null; ) {
      before = text;
      text = text.replace(CODES, character);
    }
    return text;
  },
  repaired: (count) => `${counted(count, 'code')} replaced by ${count === 1 ? 'its character' : 'their characters'}`,
  sentence: (count) =>
    `${counted(count, 'character')} written as a code: an HTML entity such as “&eacute;”, or an escape such as “\\u00e9”. The ` +
    'codes would be learned as spelling.',
};
