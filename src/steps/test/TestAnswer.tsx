import { Button, Group } from '@mantine/core';
import { Gapped } from '../../design/Gapped.tsx';
import { LineChoices } from '../../design/LineChoices.tsx';
import { ShareBar } from '../../design/ShareBar.tsx';
import { Section } from '../../design/StepPage.tsx';
import { shownToken } from '../../design/showSpaces.ts';
import { textDirection } from '../../design/textDirection.ts';
import { formatCount, formatShare, plural } from '../../studio/page/format.ts';
import { useActions, useStudio } from '../../studio/page/useStudio.ts';
import { type MaskedSentence, putToken, sentenceOf, showWord } from '../../text/maskedSentence.ts';
import { type Answer, bestOf } from './testState.ts';

/** Puts an answer in the place of its mask. */
type Put = (sentence: MaskedSentence) => MaskedSentence;

interface TestAnswerProps {
  readonly onUse: (put: Put) => void;
}

/** What the model answered last, and to which sentence with which weights. */
export function TestAnswer({ onUse }: TestAnswerProps) {
  const answer = useStudio((state) => state.test.answer);
  const text = useStudio((state) => state.test.text);
  const wanted = useStudio((state) => state.test.unit);
  const filled = useStudio((state) => (state.test.filled?.to === state.test.text ? state.test.filled : null));
  const { setTestText, chooseUnit, fillInTurn } = useActions();
  if (answer === null) return null;
  const changed = text !== answer.text;
  const masks = shownAnswers(answer);
  const { tokens, elapsedMs, step } = answer.result;
  const note =
    `By the weights of step ${formatCount(step)}, in ${Math.max(1, Math.round(elapsedMs))} ms; ` +
    `the sentence has ${formatCount(tokens)} tokens.`;
  return (
    <Section title="What the model would write" note={note}>
      <LineChoices
        label="Answers"
        value={answer.unit === 'pieces' && answer.wordsUnknown ? 'pieces' : wanted}
        onChange={chooseUnit}
        options={[
          { value: 'words', label: 'Words' },
          { value: 'pieces', label: 'Pieces' },
        ]}
      />
      <p className="answered" dir="auto" aria-live="polite">
        {changed && filled === null && (
          <span className="answered-old small faint" dir="ltr">
            Of the sentence before:{' '}
          </span>
        )}
        <BestGuesses answer={answer} />
      </p>
      {filled !== null && (
        <Group gap={16}>
          <Button variant="default" size="xs" onClick={() => setTestText(filled.from)}>
            Put the masks back
          </Button>
        </Group>
      )}
      {masks.length > 1 && !changed && (
        <Group gap={16}>
          <Button variant="default" size="xs" onClick={() => void fillInTurn()}>
            Fill one after another
          </Button>
          <span className="small soft">
            Each mask is answered with the others still masked; this fills the most certain and asks again.
          </span>
        </Group>
      )}
      <p className="small soft">
        <Explained answer={answer} />
      </p>
      <div className="answer-masks">
        {masks.map((shown, mask) => {
          const title = masks.length === 1 ? 'Behind the mask' : `Mask ${mask + 1}`;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: masks have no name but their place
            <section key={mask} aria-label={title}>
              <h3>{title}</h3>
              <ol className="plain-list">
                {shown.map(({ id, put, ...words }) => (
                  <Candidate key={id} {...words} onUse={changed ? null : () => onUse(put)} />
                ))}
              </ol>
            </section>
          );
        })}
      </div>
    </Section>
  );
}

/** What the probabilities are of. */
function Explained({ answer }: { readonly answer: Answer }) {
  if (answer.unit === 'words') {
    return 'Probability of the word among all that could stand here, whatever number of tokens it has.';
  }
  return (
    <>
      {answer.wordsUnknown && 'This script has no spaces that tell its words apart, so these are pieces. '}
      Probability of the token among all tokens of the vocabulary, as <code>fill-mask</code> of the library transformers
      answers.
    </>
  );
}

interface ShownAnswer {
  readonly id: string;
  readonly word: string;
  readonly probability: number;
  /** Of what it is made. */
  readonly made: string;
  /** The whole sentence with it. */
  readonly sequence: string;
  readonly put: Put;
}

function shownAnswers(answer: Answer): ShownAnswer[][] {
  if (answer.unit === 'words') {
    return answer.result.masks.map((words, mask) =>
      words.map(({ word, ids, probability }) => {
        const put: Put = (sentence) => showWord(sentence, mask, word);
        const sequence = put(sentenceOf(answer.text)).text;
        return { id: word, word, probability, made: plural(ids.length, 'token'), sequence, put };
      }),
    );
  }
  return answer.result.masks.map((tokens, mask) =>
    tokens.map(({ token, tokenStr, score, sequence }) => ({
      id: String(token),
      word: shownToken(tokenStr),
      probability: score,
      made: `id ${token}`,
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
