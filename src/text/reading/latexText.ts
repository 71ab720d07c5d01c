/** LaTeX source without its commands: what would be printed, but for formulas, notes and lists of literature. */
import { wordPairs } from '../../core/collections.ts';
import type { FormatResult } from './reading.ts';

export const isLatex = (text: string): boolean =>
  /^\s*(%[^\n]*\n\s*)*\\(documentclass|documentstyle)\b/.test(text.slice(0, 1 << 16)) ||
  /\\begin\{document\}/.test(text.slice(0, 1 << 18));

/** Environments that hold no prose. */
const NO_PROSE =
  /\\begin\{(equation|align|gather|multline|eqnarray|displaymath|math|figure|table|tabular|tikzpicture|thebibliography|lstlisting|verbatim|comment)\*?\}[\s\S]*?\\end\{\1\*?\}/g;
/** Commands whose argument is no text. */
const NO_TEXT =
  /\\(label|ref|eqref|pageref|cite[a-zA-Z]*\*?|index|input|include|includegraphics|usepackage|vspace|hspace|bibliography|bibliographystyle|pagestyle|thispagestyle|setlength|setcounter|addcontentsline|hypersetup|newcommand|renewcommand|footnote|footnotetext|marginpar|thanks|url|date|author)\*?\s*(\[[^\]]*\])*\s*(\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}\s*)+/g;
/** Signs over and under letters, with what Unicode puts behind the letter. */
const ACCENTS = wordPairs(
  '` \u0300 \' \u0301 ^ \u0302 ~ \u0303 " \u0308 c \u0327 v \u030c H \u030b k \u0328 r \u030a u \u0306 = \u0304 . \u0307',
);
/** Commands that print something, with what they print. */
const PRINTED = wordPairs(
  'ss ß ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł aa å AA Å i i j j dots … ldots … textendash – textemdash — S § LaTeX LaTeX TeX TeX',
);

export function readLatex(text: string): FormatResult {
  const body = /\\begin\{document\}([\s\S]*?)(\\end\{document\}|$)/.exec(text)?.[1] ?? text;
  const plain = body
    .replaceAll(/(^|[^\\])%[^\n]*\n?[ \t]*/g, '$1')
    .replaceAll(NO_PROSE, '')
    .replaceAll(NO_TEXT, '')
    .replaceAll(/\$\$[\s\S]*?\$\$|\\\[[\s\S]*?\\\]|\\\([\s\S]*?\\\)|\$[^$\n]*\$/g, '')
    .replaceAll(
      /\\([`'^~"=.])\s*(?:\{\\?(\p{L})\}|\\?(\p{L}))|\\([cvHkru])\s*\{\\?(\p{L})\}/gu,
      (_, sign?: string, a?: string, b?: string, letterSign?: string, c?: string) =>
        `${a ?? b ?? c ?? ''}${ACCENTS.get(sign ?? letterSign ?? '') ?? ''}`.normalize('NFC'),
    )
    .replaceAll(/\\(begin|end)\s*\{[^}]*\}(\[[^\]]*\])?/g, '\n\n')
    .replaceAll(/\\(par|item)\b(\[[^\]]*\])?/g, '\n\n')
    .replaceAll(/\\\\\*?(\[[^\]]*\])?[ \t]*\n?|\\newline\b/g, '\n')
    .replaceAll(
      /\\(?:(part|chapter|section|subsection|subsubsection|paragraph|title)\*?(?:\[[^\]]*\])?\s*\{((?:[^{}]|\{[^{}]*\})*)\})/g,
      '\n\n$2\n\n',
    )
    .replaceAll(/\\([a-zA-Z]+)\*?(?:\[[^\]]*\])*(\s*\{\}|\s?)/g, (_, name: string) => PRINTED.get(name) ?? '')
    .replaceAll(/\\([%&$#_{}])/g, '\ue000$1')
    .replaceAll(/(?<!\ue000)[{}]/g, '')
    .replaceAll('\ue000', '')
    .replaceAll('\\ ', ' ')
    .replaceAll('\\', '')
    .replaceAll('~', '\u00a0')
    .replaceAll('---', '—')
    .replaceAll('--', '–')
    .replaceAll('``', '“')
    .replaceAll("''", '”');
  const documents = plain.split(/\n\s*\n/).map((paragraph) =>
    paragraph
      .split('\n')
      .map((line) => line.replaceAll(/[ \t]+/g, ' ').trim())
      .join('\n')
      .trim(),
  );
  return {
    documents: documents.filter((document) => document !== ''),
    notes: [
      'It is LaTeX source: the text that it typesets was read. Commands, comments, formulas, notes, figures and the bibliography were left out.',
    ],
  };
}
