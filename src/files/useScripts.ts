/** `use.py` and `use.mjs` of the bundle: the lines that load it, which run as they are from any folder; and what the page shows of them. */
import { countMasks } from '../text/maskedSentence.ts';

/** A sentence to try. */
export function exampleSentence(isSonnets: boolean): string {
  return isSonnets ? 'Shall I compare thee to a <mask> day?' : 'A sentence with a <mask> in it.';
}

/** Needs `transformers` and `torch`. */
export function pythonUse(isSonnets: boolean): string {
  const model = 'str(Path(__file__).resolve().parent)';
  return `from pathlib import Path\nfrom transformers import pipeline\n${pythonLines(model, exampleSentence(isSonnets))}\n`;
}

function pythonLines(model: string, sentence: string): string {
  // A JSON string is a Python string, except that JSON leaves some line ends as they are.
  return `fill = pipeline("fill-mask", model=${model})
for guess in fill(${JSON.stringify(sentence)}):
    print(f'{guess["score"]:.3f}  {guess["token_str"]}')`;
}

/** Needs `@huggingface/transformers`; it takes the file that `transformers.js_config` in config.json names. */
export function javascriptUse(isSonnets: boolean): string {
  return javascriptLines('.', exampleSentence(isSonnets));
}

/**
 * @param folder the model's, from where the script lies
 * @param sentence with one `<mask>`
 * @param turn what stands where the long last line may be turned
 */
function javascriptLines(folder: string, sentence: string, turn = ' '): string {
  return `import { fileURLToPath } from 'node:url';
import { pipeline } from '@huggingface/transformers';
const folder = fileURLToPath(new URL('${folder}', import.meta.url));
const fill = await pipeline('fill-mask', folder, { local_files_only: true });
for (const { score, token_str } of await fill(${JSON.stringify(sentence)}))${turn}console.log(score.toFixed(3), token_str);
`;
}

/** With one mask the pipeline answers with guesses, with several with a list of guesses for each. */
const hasOneMask = (sentence: string): boolean => countMasks(sentence) === 1;

/**
 * The lines that load the folder, which lies beside the script, and ask it something.
 * @param folder name of the folder in the zip
 * @param sentences from the Test step; the first with exactly one mask is asked, an example where there is none
 */
export function loadLines(folder: string, sentences: readonly string[]): { python: string; javascript: string } {
  const asked = (sentences.find(hasOneMask) ?? exampleSentence(true)).replaceAll(/\s+/gu, ' ').trim();
  const python = `from transformers import pipeline\n\n${pythonLines(`"./${folder}"`, asked)}`;
  return { python, javascript: javascriptLines(`./${encodeURI(folder)}/`, asked, '\n  ').trimEnd() };
}
