const EXAMPLE = 'Shall I compare thee to a <mask> day?';

/** With one mask the pipeline answers with guesses, with several with a list of guesses for each. */
const hasOneMask = (sentence: string): boolean => sentence.split('<mask>').length === 2;

/**
 * The lines of Python that load the folder and ask it something.
 * @param folder name of the folder in the zip
 * @param sentences from the Test step; the first with exactly one mask is asked, an example where there is none
 */
export function pythonLines(folder: string, sentences: readonly string[]): string {
  const asked = sentences.find(hasOneMask) ?? EXAMPLE;
  return [
    'from transformers import pipeline',
    '',
    `fill = pipeline("fill-mask", model="./${folder}")`,
    // A JSON string is a Python string, except that JSON leaves some line ends as they are.
    `for guess in fill(${JSON.stringify(asked.replaceAll(/\s+/gu, ' ').trim())}):`,
    `    print(f'{guess["score"]:.3f}  {guess["token_str"]}')`,
  ].join('\n');
}
