import { Button } from '@mantine/core';
import { useState } from 'react';
import { folderName } from '../../core/export/folderName.ts';
import { useStudio } from '../../store/useStudio.ts';
import { Section } from '../design/StepPage.tsx';
import { pythonLines } from './pythonLines.ts';

/** The lines that load the folder in Python, to be copied. */
export function ExportLoad() {
  const name = useStudio((state) => state.exportBundle.name);
  const answered = useStudio((state) => state.test.answeredText);
  const suggestions = useStudio((state) => state.test.suggestions);
  const lines = pythonLines(folderName(name), [answered, ...suggestions]);
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no');
  const copy = (): void => {
    navigator.clipboard.writeText(lines).then(
      () => setCopied('yes'),
      () => setCopied('refused'),
    );
  };
  return (
    <Section
      title="Load it in Python"
      note="Unzip the folder beside your script; transformers and torch have to be installed."
    >
      <div className="code-block">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls has to be reachable by keyboard */}
        <pre tabIndex={0}>
          <code>{lines}</code>
        </pre>
        <Button variant="default" size="xs" onClick={copy}>
          Copy
        </Button>
        <p className="small soft" aria-live="polite">
          {copied === 'yes' && 'Copied.'}
          {copied === 'refused' && 'The browser did not allow it. Select the lines and copy them.'}
        </p>
      </div>
    </Section>
  );
}
