const EXAMPLE = 'Shall I compare thee to a <mask> day?';

/**
 * The lines of Python that load the folder and ask it something.
 * @param folder name of the folder in the zip
 * @param sentence one with a mask, from the Test step; an example where it has none
 */
export function pythonLines(folder: string, sentence: string): string {
  const asked = sentence.includes('<mask>') ? sentence : EXAMPLE;
  return [
    'from transformers import pipeline',
    '',
    `fill = pipeline("fill-mask", model="./${folder}")`,
    // A JSON string is a Python string, except that JSON leaves some line ends as they are.
    `for guess in fill(${JSON.stringify(asked.replaceAll(/\s+/gu, ' ').trim())}):`,
    '    print(guess)',
  ].join('\n');
}
