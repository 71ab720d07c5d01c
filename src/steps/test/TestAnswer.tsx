import { Box, Button, Group, SimpleGrid } from '@mantine/core';
import { counted } from '../../core/counts.ts';
import { ChoiceField } from '../../design/Field.tsx';
import { Gapped } from '../../design/Gapped.tsx';
import { ShareBar } from '../../design/ProgressLine.tsx';
import { Section } from '../../design/StepPage.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, formatProbability, formatShare } from '../../studio/page/format.ts';
import { useEngine } from '../../studio/page/useEngine.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { type MaskedSentence, putToken, sentenceOf, showWord } from '../../text/maskedSentence.ts';
import { COMPARED_RANKS, rankOf } from '../../text/words/wordRanks.ts';
import { type Answer, bestOf } from './testState.ts';

/** Puts an answer in the place of its mask. */
type Put = (sentence: MaskedSentence) => MaskedSentence;

/** What the model answered last, and to which sentence with which weights. */
export function TestAnswer({ onUse }: { readonly onUse: (put: Put) => void }) {
  const { answer, text, unit: wanted, filled: last } = useStudio((state) => state.test);
  const filled = last?.to === text ? last : null;
  const { setTestText, chooseUnit, fillInTurn } = useActions();
  const changed = text !== answer?.text;
  const originals = useOriginals(changed ? null : answer);
  if (answer === null) return null;
  const wordsUnknown = answer.unit === 'pieces' && answer.wordsUnknown;
  const masks = shownAnswers(answer);
  const { tokens, elapsedMs, step } = answer.result;
  const note =
    `With the weights of step ${formatCount(step)}, in ${Math.max(1, Math.round(elapsedMs))} ms; ` +
    `the sentence has ${formatCount(tokens)} tokens.`;
  return (
    <Section title="Predictions" note={note}>
      {!wordsUnknown && (
        <ChoiceField
          inLine
          label="Predict"
          value={wanted}
          onChange={chooseUnit}
          options={{ words: ['Words'], pieces: ['Tokens'] }}
        />
      )}
      <p className="answered book" dir="auto" aria-live="polite">
        {changed && filled === null && (
          <Box component="span" display="block" ff="var(--font-sans)" className="small faint" dir="ltr">
            For the previous sentence:{' '}
          </Box>
        )}
        <BestGuesses answer={answer} />
      </p>
      {filled !== null && (
        <Group gap={16}>
          <Button size="xs" onClick={() => setTestText(filled.from)}>
            Put the masks back
          </Button>
        </Group>
      )}
      {masks.length > 1 && !changed && (
        <Group gap={16}>
          <Button size="xs" onClick={() => void fillInTurn()}>
            Fill one at a time
          </Button>
          <span className="small soft">
            Each mask is predicted with the others still masked; this fills the most confident one and asks again.
          </span>
        </Group>
      )}
      <p className="small soft">
        <Explained answer={answer} />
      </p>
      <SimpleGrid minColWidth="min(100%, 340px)" autoFlow="auto-fit" spacing={40} verticalSpacing={28}>
        {masks.map((shown, mask) => {
          const original = originals?.[mask];
          const title = masks.length === 1 ? 'Predictions' : `Mask ${mask + 1}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: masks have no name but their place
            <section key={mask} aria-label={title}>
              {masks.length > 1 && (
                <Box component="h3" mb={8}>
                  {title}
                </Box>
              )}
              {original && <OriginalWord {...original} />}
              <ol className="plain-list">
                {shown.map(({ id, put, ...words }) => (
                  <Candidate key={id} {...words} onUse={changed ? null : () => onUse(put)} />
                ))}
              </ol>
            </section>
          );
        })}
      </SimpleGrid>
    </Section>
  );
}

/**
 * The words that were hidden behind each mask; null where none is known. Their probability is null where it is not known yet
 * and for a word of too many tokens, their rank below the first {@link COMPARED_RANKS}.
 */
function useOriginals(answer: Answer | null) {
  const hidden = useStudio((state) => state.test.hidden);
  const known = hidden.flatMap((word) => word ?? []);
  const text = answer?.unit === 'words' && known.length > 0 ? answer.text : null;
  const version = answer?.result.step;
  const scored = useEngine('test.scoreWords', text === null ? null : { text, words: known }, { version });
  const likeliest = useEngine('test.fillWords', text === null ? null : { text, count: COMPARED_RANKS }, { version });
  if (answer === null || known.length === 0) return null;
  return hidden.map((word, mask) => {
    if (word === null) return null;
    const probability = scored.data?.masks[mask]?.[known.indexOf(word)] ?? null;
    const rank = probability === null ? null : rankOf(word, probability, likeliest.data?.masks[mask] ?? []);
    return { word, probability: likeliest.data === null ? null : probability, rank };
  });
}

function OriginalWord({ word, probability, rank }: NonNullable<NonNullable<ReturnType<typeof useOriginals>>[number]>) {
  const place = rank === null ? `below rank ${COMPARED_RANKS}` : `rank ${formatCount(rank)}`;
  return (
    <p className="small soft">
      Original: <bdi className="book">{word}</bdi>
      {probability !== null && `, ${place}, ${formatProbability(probability)}`}
    </p>
  );
}

function Explained({ answer }: { readonly answer: Answer }) {
  if (answer.unit === 'words') {
    return 'Probability among all sequences of one to five tokens that could stand here; only words of the training text are listed.';
  }
  return (
    <>
      {answer.wordsUnknown &&
        'This script is written without spaces between words, so these are tokens, which may be parts of words. '}
      Probability of the token among all tokens of the vocabulary, as <code>fill-mask</code> in transformers gives it.
    </>
  );
}

interface ShownAnswer {
  readonly id: string;
  readonly word: string;
  readonly probability: number;
  readonly made: string;
  readonly sequence: string;
  readonly put: Put;
}

function shownAnswers(answer: Answer): ShownAnswer[][] {
  if (answer.unit === 'words') {
    return answer.result.masks.map((words, mask) =>
      words.map(({ word, ids, probability }) => {
        const put: Put = (sentence) => showWord(sentence, mask, word);
        const sequence = put(sentenceOf(answer.text)).text;
        return { id: word, word, probability, made: counted(ids.length, 'token'), sequence, put };
      }),
    );
  }
  return answer.result.masks.map((tokens, mask) =>
    tokens.map(({ token, tokenStr, score, sequence }) => ({
      id: String(token),
      word: shownToken(tokenStr),
      probability: score,
      made: `ID ${token}`,
      sequence: readable(sequence),
      put: (sentence) => putToken(sentence, mask, tokenStr),
    })),
  );
}

/** The sentence with the likeliest answer in every mask. */
function BestGuesses({ answer }: { readonly answer: Answer }) {
  const best = bestOf(answer).map(({ text }) => text);
  const isPieces = answer.unit === 'pieces';
  // A mask takes the white space on its left, and its token brings its own.
  const parts = answer.text
    .split('<mask>')
    .map((part, index) => (isPieces && index < best.length ? part.trimEnd() : part));
  return (
    <Gapped
      parts={parts}
      gap={(index) => {
        const text = best[index] ?? '';
        const isFirst = index === 0 && parts[0] === '';
        return (
          <>
            {/* The space belongs to the sentence: the mark is around the word alone. */}
            {/^\s/u.test(text) && !isFirst && ' '}
            <bdi className="answered-guess">{shownToken(text)}</bdi>
          </>
        );
      }}
    />
  );
}

interface CandidateProps extends Omit<ShownAnswer, 'id' | 'put'> {
  /** null: the sentence has changed since. */
  readonly onUse: (() => void) | null;
}

/** What the model would put behind a mask, with its probability and the whole sentence. */
function Candidate({ word, probability, made, sequence, onUse }: CandidateProps) {
  return (
    <li className="candidate">
      {onUse === null ? (
        <bdi className="candidate-word">{word}</bdi>
      ) : (
        <button
          type="button"
          className="candidate-word pressed-word plain-button"
          dir="auto"
          onClick={onUse}
          aria-label={`Put “${word}” in the sentence`}
        >
          {word}
        </button>
      )}
      <ShareBar share={probability} height={10} className="candidate-bar" />
      <span className="candidate-score small tabular">{formatShare(probability)}</span>
      <span className="candidate-id mono faint">{made}</span>
      <span className="candidate-sequence book faint" dir={textDirection(sequence)}>
        {sequence}
      </span>
    </li>
  );
}

/** The sequence without the special tokens around it, which transformers keeps where there are several masks. */
function readable(sequence: string): string {
  return sequence
    .replace(/^<s>|<\/s>$/gu, '')
    .replaceAll('<mask>', ' <mask>')
    .trim();
}
