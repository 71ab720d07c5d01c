import { Definitions, Popup } from '../design/Popup.tsx';

/** The words that Folio uses as the field does, for who meets them here for the first time. */
const TERMS = [
  {
    term: 'Baseline',
    meaning:
      'What a method without a model gets on the same masks: a random guess, token frequencies (unigram), or neighbour counts.',
  },
  { term: 'Batch', meaning: 'The sequences that are read in one step.' },
  {
    term: 'Calibration',
    meaning: 'How well confidence and accuracy agree: of the predictions made with 70%, 70% should be right.',
  },
  { term: 'Checkpoint', meaning: 'What is saved of a run so that it can be resumed: weights, optimizer state, step.' },
  { term: 'Epoch', meaning: 'One pass over the training text.' },
  { term: 'Fertility', meaning: 'Tokens per word. 1 means that every word is one token.' },
  { term: 'Held out', meaning: 'Documents kept from training, to measure how the model does on text it has not read.' },
  {
    term: 'Loss',
    meaning:
      'The mean negative log-likelihood of the masked tokens: the logarithm of 1 over the probability given to the right one. Lower is better.',
  },
  { term: 'Merge', meaning: 'A pair of tokens that the tokenizer joined into a new one, the most frequent first.' },
  {
    term: 'Nat',
    meaning:
      'The unit of the loss, with natural logarithms. 0.69 nats is one chance in two, 2.3 nats one in ten; a nat is 1.44 bits.',
  },
  {
    term: 'Neighbour counts',
    meaning: 'A table of which tokens, or words, stand next to and between which others in the training text.',
  },
  { term: 'Overfitting', meaning: 'The training loss falls while the held-out loss rises: the text is memorised.' },
  { term: 'Perplexity', meaning: 'e to the power of the loss: effective choices per token.' },
  { term: 'Sequence', meaning: 'The tokens that the model reads at once.' },
  { term: 'Token', meaning: 'A piece of text with a number of its own: a word, a part of one, or a byte.' },
  { term: 'Unigram', meaning: 'Predicting every token by its frequency alone, whatever its context.' },
] as const;

/** The glossary, one press away. */
export function Glossary() {
  return (
    <Popup label="Glossary" title="Glossary" className="tiny soft plain-button">
      <Definitions of={TERMS} />
    </Popup>
  );
}
