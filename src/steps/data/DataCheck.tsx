import { Box, Button, Group } from '@mantine/core';
import { Section } from '../../design/StepPage.tsx';
import { selectBusy, selectSettingsLocked } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { Example } from '../../text/check/finding.ts';
import './dataCheck.css';

/** The check in a line, where there is nothing to repair; its place is kept while the text is being read. */
export function CheckLine() {
  const summary = useStudio(({ data }) => data.summary);
  if (summary !== null && (summary.findings?.length !== 0 || summary.repairs.length > 0)) return null;
  return <p className="small soft">Text check: {summary === null ? '–' : 'nothing to repair.'}</p>;
}

/** What a person who prepares texts would mend before a model is trained on this one; each with its repair. */
export function DataCheck() {
  const summary = useStudio(({ data }) => data.summary);
  const busy = useStudio(selectBusy);
  const locked = useStudio((state) => selectSettingsLocked(state, 'data'));
  const { repairData } = useActions();
  if (summary === null) return null;
  const { findings, repairs, isUndoable } = summary;
  if (repairs.length === 0 && !findings?.length) return null;
  const made = repairs.map(({ name }) => name);
  const small = { size: 'xs', disabled: busy !== null } as const;
  return (
    <Section
      title="Text check"
      note="Things a model should probably not learn. Nothing is changed until you choose a repair; the model card lists the repairs made."
    >
      {locked !== null && <p className="small soft">{locked}</p>}
      <ul className="text-check plain-list" aria-label="Findings in the text">
        {repairs.map(({ name, repaired }) => (
          <li key={`repaired ${name}`} data-repaired>
            <p id={`repair-${name}`}>Repaired: {repaired}.</p>
            {isUndoable && (
              <Button
                {...small}
                variant="subtle"
                px={0}
                onClick={() => repairData(made.filter((other) => other !== name))}
                aria-describedby={`repair-${name}`}
              >
                Undo
              </Button>
            )}
          </li>
        ))}
        {findings?.map(({ name, sentence, repair, example }) => (
          <li key={name}>
            <div>
              <p id={`finding-${name}`}>{sentence}</p>
              <ExampleLine {...example} />
            </div>
            <Button {...small} onClick={() => repairData([...made, name])} aria-describedby={`finding-${name}`}>
              {repair}
            </Button>
          </li>
        ))}
      </ul>
      <Group gap="10px">
        {findings !== null && findings.length > 1 && (
          <Button {...small} onClick={() => repairData([...made, ...findings.map(({ name }) => name)])}>
            Repair all
          </Button>
        )}
        {isUndoable && repairs.length > 1 && (
          <Button {...small} variant="subtle" onClick={() => repairData([])}>
            Undo all
          </Button>
        )}
      </Group>
    </Section>
  );
}

function ExampleLine({ before, after }: Example) {
  return (
    <p className="small soft">
      {after === null ? (
        <Box component="del" dir="auto" className="book">
          {before}
        </Box>
      ) : (
        <>
          <bdi className="book">{before}</bdi> → <bdi className="book">{after}</bdi>
        </>
      )}
    </p>
  );
}
