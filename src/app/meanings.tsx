/** What the views of the Test step mean, for a curious person: the margin beside each. */
import type { ReactNode } from 'react';

/** The views of the Test step. */
export type TestTab = 'Fill in' | 'Attention' | 'Layers' | 'Surprisal' | 'Vocabulary' | 'Score a file';

export const TEST_MEANINGS: Readonly<Record<TestTab, ReactNode>> = {
  'Fill in': (
    <>
      <p>
        The model gives every token of its vocabulary a probability at each mask. Since many words are several tokens
        long, words of one to five tokens compete; the tokens of each word are predicted one after another.
      </p>
      <p>
        Only words of the training text are predicted; tokens may be parts of words. The libraries that load the model
        predict tokens, not words.
      </p>
    </>
  ),
  Attention: (
    <>
      <p>
        In every layer each head lets every token attend to all tokens; the weights of each token add up to 100%. Some
        heads attend to the previous or the next token, some to the first or the last token, some to the token itself.
      </p>
      <p>
        Rollout averages the heads of each layer and multiplies these maps up to the chosen layer, with half of each
        weight given to the residual connection (Abnar and Zuidema, 2020). The row of <code>&lt;s&gt;</code>, the first
        token, shows which tokens feed the position that a classifier reads.
      </p>
      <p>Attention shows where a head reads from, not what information it passes on.</p>
    </>
  ),
  Layers: (
    <>
      <p>
        After each layer every position holds a list of numbers. The masked-LM head, which reads the last layer, can be
        applied after any layer (the logit lens), to show where the prediction forms.
      </p>
      <p>Mask a token to see how well the model recovers it from its context.</p>
    </>
  ),
  Surprisal: (
    <>
      <p>
        Each token is masked in turn; its surprisal is the negative logarithm of the probability that the model gives
        it, in nats. 0 is certain; 2.3 nats is one chance in ten.
      </p>
      <p>
        The negative of the sum of all surprisals is the pseudo-log-likelihood of the text; e to the power of their mean
        is its pseudo-perplexity (Salazar et al., 2020). Compare only models with the same vocabulary.
      </p>
    </>
  ),
  Vocabulary: (
    <>
      <p>
        Every token has a list of numbers of its own, its embedding, which training adjusts. Tokens used in similar
        contexts end up with embeddings of similar direction.
      </p>
      <p>
        The map projects the embeddings onto their two directions of greatest variance (principal component analysis).
        The first often reflects token frequency.
      </p>
    </>
  ),
  'Score a file': (
    <>
      <p>
        A cloze test is correct if the missing word is the likeliest of all words. A minimal pair is two sentences that
        differ only in what is tested, such as “The roses are” and “The roses is”; it is correct if the first has the
        higher pseudo-log-likelihood, computed with each token masked together with the later tokens of its word (Kauf
        and Ivanova, 2023).
      </p>
      <p>
        The 95% confidence interval is Wilson’s (1927): about 95 of 100 such intervals contain the true accuracy.
        Guessing gets half of the minimal pairs correct.
      </p>
    </>
  ),
};
