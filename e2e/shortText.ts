/**
 * A text for journeys that are about something else than the text. Its few held-out tokens are what makes a run short: on the
 * sonnets every look at the end of a run reads 160,000 positions, whatever was trained before.
 */
const SUBJECTS = ['The summer', 'A quiet rose', 'My love', 'The proud sun', 'An old song', 'Sweet beauty', 'The night'];
const VERBS = ['compares', 'remembers', 'takes', 'leaves', 'sees', 'calls', 'keeps'];
const ENDS = ['thee to a day', 'the buds of May', 'all that is fair', 'what time has made', 'a gentle rain'];

const at = (list: readonly string[], index: number): string => list[index % list.length] ?? '';

/** Verses by themselves between blank lines, so that each is a document. */
export const SHORT_TEXT = Array.from(
  { length: 120 },
  (_, n) => `${at(SUBJECTS, n * 5)} ${at(VERBS, n * 3 + Math.floor(n / 7))} ${at(ENDS, n * 2 + 1)}.`,
).join('\n\n');

/** What is asked of the split in an address: one or two verses are held out. */
export const SHORT_SPLIT = { 'data.heldOutShare': 0.01 } as const;
