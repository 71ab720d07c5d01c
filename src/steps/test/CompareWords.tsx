import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { errorInWords } from '../../core/errorSentences.ts';
import { DataTable } from '../../design/DataTable.tsx';
import { ChoiceField } from '../../design/Field.tsx';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, formatProbability } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { COMPARED_RANKS, wordsIn } from '../../text/words/wordRanks.ts';

/** Words of the person's own: how likely each is behind the mask. */
export function CompareWords() {
  const { compared, compareError: error, text } = useStudio((state) => state.test);
  const { compareWords } = useActions();
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState(false);
  const [chosen, setChosen] = useState(0);
  const masks = compared?.masks ?? [];
  const mask = chosen < masks.length ? chosen : 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isEmpty = wordsIn(typed).length === 0;
    setMissing(isEmpty);
    if (!isEmpty) void compareWords(typed);
  };
  const problem = missing ? 'Type one or more words.' : error && errorInWords(error);
  return (
    <Stack gap={14}>
      <Group component="form" className="compare-form" gap={12} align="stretch" onSubmit={submit}>
        <TextInput
          flex="1 1 16rem"
          maw="32rem"
          label="Words"
          description="Separated by commas, such as “love, beauty, time”."
          value={typed}
          dir={textDirection(typed)}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={problem}
        />
        <Button type="submit">Compare</Button>
      </Group>
      {masks.length > 1 && (
        <ChoiceField
          inLine
          label="Mask"
          value={String(mask)}
          onChange={(value) => setChosen(Number(value))}
          options={Object.fromEntries(masks.map((_, at) => [at, [String(at + 1)]]))}
        />
      )}
      {compared !== null && (
        <>
          {text !== compared.text && <p className="small faint">For the previous sentence.</p>}
          <DataTable
            label="Compared words"
            className="compared"
            rows={masks[mask] ?? []}
            columns={[
              { head: 'Word', names: true, cell: ({ word }) => <bdi className="book">{word}</bdi> },
              {
                head: 'Probability',
                figures: true,
                cell: ({ probability }) => formatProbability(probability),
              },
              { head: 'Tokens', figures: true, cell: ({ tokens }) => tokens },
              {
                head: 'Rank',
                figures: true,
                cell: ({ rank }) => (rank === null ? `below rank ${COMPARED_RANKS}` : formatCount(rank)),
              },
            ]}
          />
        </>
      )}
    </Stack>
  );
}
