import { Box, SimpleGrid } from '@mantine/core';
import { Browse } from '../../app/Browse.tsx';
import { Verse } from '../../design/Verse.tsx';
import { formatCount } from '../../studio/page/format.ts';
import { useStudio } from '../../studio/page/useStudio.ts';

/** The documents as a reader would see them, the held-out ones marked. */
export function DataDocuments() {
  const version = useStudio(({ data }) => (data.summary === null ? null : data.version));
  const isSonnets = useStudio(({ data }) => data.summary?.isSonnets ?? false);
  const noun = isSonnets ? 'sonnets' : 'documents';
  const numberOf = isSonnets ? romanNumeral : formatCount;
  return (
    <Browse
      command="data.preview"
      version={version}
      perPage={6}
      noun={noun}
      label={`Search the ${noun}`}
      nothing="No line holds"
    >
      {(documents) => (
        <SimpleGrid minColWidth="min(100%, 340px)" spacing={24} verticalSpacing={36}>
          {documents.map(({ index, heldOut, lines, moreLines }) => (
            <Box key={index} component="article" className="document" mod={{ heldOut }}>
              <h3>
                {numberOf(index + 1)}
                {heldOut && <span className="document-mark">held out</span>}
              </h3>
              <Verse lines={lines} moreLines={moreLines} />
            </Box>
          ))}
        </SimpleGrid>
      )}
    </Browse>
  );
}

const NUMERALS = { C: 100, XC: 90, L: 50, XL: 40, X: 10, IX: 9, V: 5, IV: 4, I: 1 };

/** A number as sonnets are numbered. @example romanNumeral(144) === 'CXLIV' */
function romanNumeral(value: number): string {
  let rest = value;
  let written = '';
  for (const [letters, size] of Object.entries(NUMERALS)) {
    written += letters.repeat(Math.floor(rest / size));
    rest %= size;
  }
  return written;
}
