/** What the views of the Test step mean, for a curious person: the margin beside each. */
import type { ReactNode } from 'react';

/** The views of the Test step. */
export type TestTab = 'Fill in' | 'Attention' | 'Layers' | 'Surprisal' | 'Vocabulary' | 'Score a file';

export const TEST_MEANINGS: Readonly<Record<TestTab, ReactNode>> = {
  'Fill in': (
    <>
      <p>
        The model gives every token of its vocabulary a probability at each mask. Many words are several tokens: words
        of one to five compete, the tokens of each read one after the other.
      </p>
      <p>
        Words are those of the training text. Tokens may be parts of words: that is what the libraries that load the
        model predict.
      </p>
    </>
  ),
  Attention: (
    <>
      <p>
        In every layer each head lets every token attend to all tokens; its weights add up to 100%. Some heads attend to
        the neighbour, some to the ends of the line, some to the same word.
      </p>
      <p>
        Rollout follows the shares through all layers up to one, half of each position passing straight on (Abnar and
        Zuidema, 2020). The row of <code>&lt;s&gt;</code>, the first token, is what classifiers would read.
      </p>
      <p>Attention says what a head reads from, not why: what it carries over is another matter.</p>
    </>
  ),
  Layers: (
    <>
      <p>
        After each layer every position holds a list of numbers. The head that reads the last layer can be applied after
        any (the logit lens), which shows where along the way the prediction forms.
      </p>
      <p>Mask a token to see how well the model recovers it from its context.</p>
    </>
  ),
  Surprisal: (
    <>
      <p>
        Each token is masked in turn and predicted: the negative logarithm of the probability that it gives to the right
        one is its surprisal, in nats. 0 is certain; 2.3 nats are one chance in ten.
      </p>
      <p>
        Their sum, negative, is the pseudo-log-likelihood of the text; e to the power of their mean is its
        pseudo-perplexity (Salazar and others, 2020). Compare only models with the same vocabulary.
      </p>
    </>
  ),
  Vocabulary: (
    <>
      <p>
        Every token has a list of numbers of its own, its embedding, which training moves. Tokens that stand in the same
        places come to point the same way.
      </p>
      <p>
        The map turns the cloud so that its two longest directions lie in the plane (principal component analysis).
        Frequency is often the first of them.
      </p>
    </>
  ),
  'Score a file': (
    <>
      <p>
        A cloze test is right if the missing word is the likeliest of all words. A minimal pair is two sentences that
        differ in what is tested, such as “The roses are” and “The roses is”; it is right if the first has the higher
        pseudo-log-likelihood, where each token is masked together with the later ones of its word (Kauf and Ivanova,
        2023).
      </p>
      <p>
        Of 100 such intervals about 95 contain the true accuracy (Wilson, 1927). Guessing gets half of the minimal pairs
        right.
      </p>
    </>
  ),
};
