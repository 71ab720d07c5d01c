/** What was typed or exported as signs: line ends as “\n”, the names of special tokens. */
import { tally } from '../../core/collections.ts';
import { counted, grouped } from '../../core/counts.ts';
import { around, findMatches, type TextCheck } from './finding.ts';

/** Line ends, tabs, quotation marks and codes, escaped once or more, as JSON, CSV exports and Python's repr write them. */
const ESCAPES = /\\+(?:r\\+n|[nrt"'/]|u[0-9a-fA-F]{4})/g;
const LINE_ENDS = /\\+(?:r\\+n|[nr])/g;
/** The same signs in a formula's or a file's name. */
const COMMANDS =
  /\\(?:n(?:abla|ewcommand|ewline|ewpage|oindent|eq|ot|u|ormalsize|ode|ewblock)|r(?:ho|ight\w*|ef|aggedright|ule|enewcommand|m)|t(?:ext\w*|heta|au|imes|o|an|itle|able\w*))\b|\b[A-Za-z]:\\/g;
/** Share of such commands above which backslashes are meant. */
const MOST_COMMANDS = 0.2;
const LEAST_LINE_ENDS = 3;
/** Escaped line ends for each real line, from which on lines were lost. */
const LEAST_PER_LINE = 0.25;

function unescaped(match: string): string {
  const sign = match.replace(/^\\+/, '');
  if (sign[0] === 'n' || sign[0] === 'r') return '\n';
  if (sign[0] === 't') return '\t';
  return sign[0] === 'u' ? String.fromCharCode(Number.parseInt(sign.slice(1), 16)) : sign;
}

export const escapes: TextCheck = {
  name: 'escapes',
  repairLabel: 'Convert to line breaks',
  find: (text) => {
    const count = text.match(LINE_ENDS)?.length ?? 0;
    if (count < LEAST_LINE_ENDS || (text.match(COMMANDS)?.length ?? 0) > MOST_COMMANDS * count) return null;
    if (count < LEAST_PER_LINE * (text.match(/[^\n]+/g)?.length ?? 0)) return null;
    const found = findMatches(text, LINE_ENDS, () => ' ⏎ ');
    return found && { ...found, count };
  },
  repair: (text) => text.replace(ESCAPES, unescaped),
  repaired: (count) => `${counted(count, 'escaped line break')} converted`,
  sentence: (count) =>
    `${counted(count, 'line break')} written as the characters “\\n” (escaped), as some exports leave them. Lines and documents ` +
    'can’t be told apart, and the characters would be learned as spelling.',
};

/** Of RoBERTa, BERT, GPT, T5, Llama and other tokenizers. */
const SPECIAL =
  /<(?:\/?s|pad|mask|unk|eos|bos|cls|sep|eod|extra_id_\d+|start_of_turn|end_of_turn)>|<\|[a-z][a-z_]*\|>|\[(?:MASK|SEP|CLS|PAD|UNK|BOS|EOS|EOD|INST|\/INST)\]/gi;
/** Names in brackets are capitals: “[sep]” may be a note. */
const isName = (token: string): boolean => token[0] === '<' || token === token.toUpperCase();
/** Tokens that stand between two documents. */
const SEPARATORS = /^(?:<\|(?:endoftext|end_of_text|eot_id)\|>|<\/s>|<eos>|<eod>|\[EOS\]|\[EOD\])$/i;

/** What a line is without its special tokens: documents that a token parted are parted by a blank line. */
function withoutSpecial(line: string): string {
  SPECIAL.lastIndex = 0;
  const parted = line.replace(SPECIAL, (token, index: number) => {
    const before = line.slice(0, index);
    const after = line.slice(index + token.length);
    const isBetween = /[.!?…。！？"”»)]\s?$/u.test(before) && /^\s?[\p{Lu}\p{Lo}"“„«(]/u.test(after);
    return isName(token) ? (SEPARATORS.test(token) && isBetween ? '\n\n' : '\0') : token;
  });
  // The space before a token goes with it, or the one behind it where it begins the line.
  return parted.replace(/^[ \t]*\0+[ \t]*|[ \t]*\0/gm, '').replace(/[ \t]*\n\n[ \t]*/g, '\n\n');
}

export const specialTokens: TextCheck = {
  name: 'special-tokens',
  repairLabel: 'Remove them',
  find: (text) => {
    const names = Array.from(text.matchAll(SPECIAL)).filter(([token]) => isName(token));
    const [first] = names;
    if (first === undefined) return null;
    const before = around(text, first.index, first.index + first[0].length);
    return {
      count: names.length,
      what: [...tally(names.map(([token]) => token))].map(([token, each]) => `${token} (${grouped(each)})`).join(', '),
      example: { before, after: withoutSpecial(before) },
    };
  },
  repair: (text) => text.split('\n').map(withoutSpecial).join('\n'),
  repaired: (count) => `${counted(count, 'special token')} removed`,
  sentence: (count, what) =>
    `${counted(count, 'special token')} typed in the text: ${what.join('; ')}. Training treats ${count === 1 ? 'it' : 'each'} as ` +
    'plain characters, whereas in Test <mask> marks a word to predict.',
};
