import { javascriptLines } from '../../files/useScripts.ts';

const EXAMPLE = 'Shall I compare thee to a <mask> day?';

/** With one mask the pipeline answers with guesses, with several with a list of guesses for each. */
const hasOneMask = (sentence: string): boolean => sentence.split('<mask>').length === 2;

interface LoadLines {
  readonly python: string;
  readonly javascript: string;
}

/**
 * The lines that load the folder, which lies beside the script, and ask it something.
 * @param folder name of the folder in the zip
 * @param sentences from the Test step; the first with exactly one mask is asked, an example where there is none
 */
export function loadLines(folder: string, sentences: readonly string[]): LoadLines {
  const asked = (sentences.find(hasOneMask) ?? EXAMPLE).replaceAll(/\s+/gu, ' ').trim();
  const python = [
    'from transformers import pipeline',
    '',
    `fill = pipeline("fill-mask", model="./${folder}")`,
    // A JSON string is a Python string, except that JSON leaves some line ends as they are.
    `for guess in fill(${JSON.stringify(asked)}):`,
    `    print(f'{guess["score"]:.3f}  {guess["token_str"]}')`,
  ].join('\n');
  return { python, javascript: javascriptLines(`./${encodeURI(folder)}/`, asked, '\n  ').trimEnd() };
}
