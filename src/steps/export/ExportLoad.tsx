import { Button, Flex, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Section } from '../../design/StepPage.tsx';
import { folderName } from '../../files/folderName.ts';
import { loadLines } from '../../files/useScripts.ts';
import { useStudio } from '../../studio/page/useStudio.ts';
import { useSuggestions } from '../test/useSuggestions.ts';

/** The lines that load the folder in Python and in JavaScript, to be copied. */
export function ExportLoad() {
  const name = useStudio((state) => state.exportBundle.name);
  const hasOnnx = useStudio((state) => state.exportBundle.options.onnx.length > 0);
  const answered = useStudio((state) => state.test.answer?.text ?? '');
  const { data: suggestions } = useSuggestions();
  const { python, javascript } = loadLines(folderName(name), [
    answered,
    ...(suggestions ?? []).map(({ text }) => text),
  ]);
  return (
    <Section title="Load it" note="Unzip the folder beside your script. These lines run as they are.">
      <CodeLines language="Python" needs="needs transformers and torch" lines={python} />
      {hasOnnx ? (
        <CodeLines language="JavaScript" needs="in Node, needs @huggingface/transformers" lines={javascript} />
      ) : (
        <p className="small soft">
          For JavaScript the folder needs an ONNX file: choose one above, under “ONNX files for JavaScript”.
        </p>
      )}
    </Section>
  );
}

function CodeLines({ language, needs, lines }: Readonly<Record<'language' | 'needs' | 'lines', string>>) {
  const { copy, copied, error: refused } = useClipboard();
  return (
    <Flex component="section" direction="column" gap={8} miw={0} aria-label={`Load it in ${language}`}>
      <Flex component="header" wrap="wrap" align="baseline" gap="2px 12px">
        <Text component="h3" ff="var(--font-sans)" fz="var(--text-sm)" fw={560}>
          {language}
        </Text>
        <span className="small soft">{needs}</span>
        <span className="small soft" aria-live="polite">
          {copied && 'Copied.'}
          {refused !== null && 'The browser did not allow it. Select the lines and copy them.'}
        </span>
        <Button size="xs" ml="auto" onClick={() => copy(lines)} aria-label={`Copy the lines for ${language}`}>
          Copy
        </Button>
      </Flex>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls has to be reachable by keyboard */}
      <pre className="code-lines" tabIndex={0}>
        <code>{lines}</code>
      </pre>
    </Flex>
  );
}
