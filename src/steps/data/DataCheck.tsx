import { Box, Button, Group } from '@mantine/core';
import { Section } from '../../design/StepPage.tsx';
import { selectBusy } from '../../studio/page/selectors.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import type { Example, Finding, Repair } from '../../text/check/finding.ts';
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
  const { repairData } = useActions();
  if (summary === null) return null;
  const { findings, repairs, isUndoable } = summary;
  if (repairs.length === 0 && !findings?.length) {
    return null;
  }
  const made = repairs.map(({ name }) => name);
  return (
    <Section
      title="Text check"
      note="What a model should perhaps not learn. Nothing is changed until you repair it; the model card lists what was."
    >
      <ul className="text-check" aria-label="Findings in the text">
        {repairs.map((repair) => (
          <RepairRow
            key={`repaired ${repair.name}`}
            repair={repair}
            disabled={busy !== null}
            onUndo={isUndoable ? () => repairData(made.filter((name) => name !== repair.name)) : null}
          />
        ))}
        {findings?.map((finding) => (
          <FindingRow
            key={finding.name}
            finding={finding}
            disabled={busy !== null}
            onRepair={() => repairData([...made, finding.name])}
          />
        ))}
      </ul>
      <Group gap="10px">
        {findings !== null && findings.length > 1 && (
          <Button
            size="xs"
            variant="default"
            disabled={busy !== null}
            onClick={() => repairData([...made, ...findings.map(({ name }) => name)])}
          >
            Repair all
          </Button>
        )}
        {isUndoable && repairs.length > 1 && (
          <Button size="xs" variant="subtle" disabled={busy !== null} onClick={() => repairData([])}>
            Undo all
          </Button>
        )}
      </Group>
    </Section>
  );
}

interface FindingRowProps {
  readonly finding: Finding;
  readonly disabled: boolean;
  readonly onRepair: () => void;
}

function FindingRow({ finding, disabled, onRepair }: FindingRowProps) {
  const { name, sentence, repair, example } = finding;
  return (
    <li>
      <div>
        <p id={`finding-${name}`}>{sentence}</p>
        <ExampleLine {...example} />
      </div>
      <Button size="xs" variant="default" disabled={disabled} onClick={onRepair} aria-describedby={`finding-${name}`}>
        {repair}
      </Button>
    </li>
  );
}

/** A place before and after; what is left out is struck through. */
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

interface RepairRowProps {
  readonly repair: Repair;
  readonly disabled: boolean;
  /** null: the text as it was read is not kept. */
  readonly onUndo: (() => void) | null;
}

function RepairRow({ repair: { name, repaired }, disabled, onUndo }: RepairRowProps) {
  return (
    <li data-repaired>
      <p id={`repair-${name}`}>Repaired: {repaired}.</p>
      {onUndo !== null && (
        <Button
          size="xs"
          variant="subtle"
          px={0}
          disabled={disabled}
          onClick={onUndo}
          aria-describedby={`repair-${name}`}
        >
          Undo
        </Button>
      )}
    </li>
  );
}
