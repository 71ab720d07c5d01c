/** Texts with times: subtitles of every kind, lyrics, transcripts and chats. What is said is the text, a cue a line. */
import { counted } from '../../core/counts.ts';
import { type FormatResult, headLines } from './reading.ts';

const CLOCK = String.raw`(\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}`;
/** SRT and WebVTT; SBV; Advanced SubStation; MicroDVD. */
const ARROW = new RegExp(String.raw`^\s*${CLOCK}\s*-->\s*${CLOCK}.*$`);
const PAIR = /^\d{1,2}:\d{2}:\d{2}\.\d{1,3},\d{1,2}:\d{2}:\d{2}\.\d{1,3}\s*$/;
const DIALOGUE = /^Dialogue:\s*[^,]*,\d+:\d{2}:\d{2}[.:]\d{2},/;
const FRAMES = /^\{\d+\}\{\d+\}/;
/** A time or a date with a time at the head of a line; in a chat a name follows. */
const STAMP =
  /^\s*(?:[[(](?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.:,]\d{1,3})?[\])]|[[(]?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?(?:[\s\u202f]?[APap]\.?[Mm]\.?)?[\])]?|\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?(?=\s))\s*(?:-\s+)?/;
const CHAT_NAME = /^[^\s:][^:]{0,40}: /;

/** What tells the form. */
const HEAD = [1 << 17, 600] as const;

export function isSubtitles(text: string): boolean {
  const lines = headLines(text, ...HEAD);
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  if (/^WEBVTT\b/.test(lines[0] ?? '') && count(ARROW) > 0) return true;
  const cues = Math.max(count(ARROW), count(PAIR), count(FRAMES), count(DIALOGUE));
  return cues > 2 && (cues >= 0.15 * lines.length || /^\[Script Info\]/.test(lines[0] ?? ''));
}

/** Whether nearly every line begins with a time. */
export function isTimed(text: string): boolean {
  const lines = headLines(text, ...HEAD).filter((line) => !/^\[(ar|ti|al|au|by|length|offset|re|ve):/.test(line));
  return lines.length > 4 && lines.filter((line) => STAMP.test(line)).length > 0.8 * lines.length;
}

/** Reads subtitles: each cue is a line, without times, numbers and formatting. */
export function readSubtitles(text: string): FormatResult {
  const lines = text.split('\n');
  const cues = lines.some((line) => DIALOGUE.test(line))
    ? lines.filter((line) => DIALOGUE.test(line)).map((line) => line.split(',').slice(9).join(','))
    : lines.some((line) => FRAMES.test(line))
      ? lines.map((line) => line.replace(FRAMES, '').replaceAll('|', ' '))
      : blocksOf(lines);
  const spoken = withoutRepeats(cues.map(plainCue).filter((cue) => cue !== ''));
  return {
    documents: [spoken.join('\n')],
    notes: [
      `It is a file of subtitles: ${counted(spoken.length, 'cue was', 'cues were')} read as text, one per line. Times, numbers and formatting were left out.`,
    ],
  };
}

/** The lines behind each line of times, up to a blank one; a cue's number stands before it. */
function blocksOf(lines: readonly string[]): string[] {
  const cues: string[] = [];
  let cue: string[] | null = null;
  for (const [at, line] of lines.entries()) {
    if (ARROW.test(line) || PAIR.test(line)) {
      if (cue !== null) cues.push(cue.join(' '));
      cue = [];
    } else if (line.trim() === '') {
      if (cue !== null && cue.length > 0) {
        cues.push(cue.join(' '));
        cue = null;
      }
    } else if (cue !== null && !(/^\s*\d+\s*$/.test(line) && ARROW.test(lines[at + 1] ?? ''))) cue.push(line);
  }
  if (cue !== null) cues.push(cue.join(' '));
  return cues;
}

function plainCue(cue: string): string {
  return cue
    .replaceAll(/\{[\\*][^}]*\}|\{[a-zA-Z]:[^}]*\}/g, '')
    .replaceAll(/\\[Nnh]/g, ' ')
    .replaceAll(/<\/?(?:[a-zA-Z][^<>]*|\d[\d:.]*)>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Captions that roll repeat the line before. */
function withoutRepeats(cues: readonly string[]): string[] {
  const kept: string[] = [];
  for (const cue of cues) {
    const last = kept.at(-1);
    if (cue === last) continue;
    if (last !== undefined && last.length > 8 && cue.startsWith(`${last} `)) kept.push(cue.slice(last.length + 1));
    else kept.push(cue);
  }
  return kept;
}

/** Reads lines with times at their heads; in a chat, names are left out, too, and a line without a time goes on with the last. */
export function readTimed(text: string): FormatResult {
  const lines = text.split('\n');
  const bare = lines.map((line) => (STAMP.test(line) ? line.replace(STAMP, '') : null));
  const stamped = bare.filter((line) => line !== null);
  const isChat = stamped.filter((line) => CHAT_NAME.test(line)).length > 0.8 * stamped.length;
  const said: string[] = [];
  for (const [at, line] of bare.entries()) {
    if (line === null) {
      const rest = lines[at]?.trim() ?? '';
      if (rest !== '' && !/^\[\w+:.*\]$/.test(rest)) said.push(rest);
    } else if (!isChat) said.push(line.replaceAll(/<\d[\d:.]*>/g, '').trim());
    else if (CHAT_NAME.test(line)) said.push(line.replace(CHAT_NAME, '').trim());
  }
  const kept = said.filter((line) => line !== '');
  return {
    documents: [kept.join('\n')],
    notes: [
      `${isChat ? 'It is a chat' : 'Its lines begin with times'}: what is said in ${counted(kept.length, 'line')} was read as text. Times${isChat ? ' and names' : ''} were left out.`,
    ],
  };
}
