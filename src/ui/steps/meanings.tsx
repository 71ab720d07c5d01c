/** What the steps from Pipeline to Export mean, for a curious person: the margin beside each. */

export function PipelineMeaning() {
  return (
    <>
      <p>
        A masked-language model learns by filling gaps. Some tokens of each row are chosen; most of them are replaced by{' '}
        <code>&lt;mask&gt;</code>, and the model has to say what stood there, from what stands on both sides.
      </p>
      <p>
        A row starts with <code>&lt;s&gt;</code> and ends with <code>&lt;/s&gt;</code>. These, and line breaks, are
        never chosen: they are structure, and too easy to guess.
      </p>
      <p>The same seed and step always give the same batch, so a run can be repeated to the bit.</p>
    </>
  );
}

export function ModelMeaning() {
  return (
    <>
      <p>
        Each token becomes a list of numbers. A layer lets every position look at all the others (attention) and then
        works on each by itself (feed-forward). After the last one, the head gives every token of the vocabulary a
        probability.
      </p>
      <p>Words and head share one table (tied embeddings), so a large vocabulary is paid for once.</p>
      <p>For a few thousand lines, small is better: a large model learns them by heart.</p>
    </>
  );
}

export function TrainMeaning() {
  return (
    <>
      <p>
        The loss is how surprised the model is by a hidden word: the negative logarithm of the probability that it gave
        to the right one. A model that knows nothing gives every token the same, and starts at the line named random.
      </p>
      <p>
        The held-out loss is measured on text that is never trained on, always with the same words hidden, so its points
        compare. Where it rises while the training loss falls, the model learns by heart.
      </p>
      <p>First it learns which words are frequent. Only later does it learn to look at their neighbours.</p>
    </>
  );
}

export function TestMeaning() {
  return (
    <>
      <p>
        The model gives every token of its vocabulary a probability for each hidden place. You see the five likeliest,
        as <code>fill-mask</code> of transformers would give them.
      </p>
      <p>
        A mask holds one token. A rare word is made of several, so the model can’t say it behind a single mask. Several
        masks are guessed independently: put one answer in and ask again to let the others follow it.
      </p>
    </>
  );
}

export function ExportMeaning() {
  return (
    <>
      <p>
        The files are those of the Hugging Face libraries: <code>from_pretrained</code> reads the folder as it is, with
        weights named and shaped as transformers names and shapes them.
      </p>
      <p>The settings, the seed and every reading of the run lie beside the weights, so that it can be repeated.</p>
    </>
  );
}
