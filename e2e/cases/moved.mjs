// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// The base with its special tokens in another order: rows of the word table and of the bias, positions, and all files go along.
import { base, editJson, editTensors, json } from './lib.mjs';

export function moved(specials) {
  const files = base();
  const before = json(files, 'vocab.json');
  const tokens = Object.keys(before).sort((a, b) => before[a] - before[b]);
  const after = [...specials, ...tokens.slice(5)];
  const vocab = Object.fromEntries(after.map((token, id) => [token, id]));
  const padId = vocab['<pad>'];
  const rows = ({ bytes, ...tensor }, from, width) => {
    const made = new Uint8Array(from.length * width);
    for (const [at, row] of from.entries()) {
      if (row >= 0) made.set(bytes.subarray(row * width, (row + 1) * width), at * width);
    }
    return { ...tensor, shape: [from.length, ...tensor.shape.slice(1)], bytes: made };
  };
  const order = after.map((token) => before[token]);
  // The base has <pad> = 1 and 66 positions: row 1 is that of padding, rows from 2 are the places.
  const places = Array.from({ length: 65 + padId }, (_, at) => at - padId + 1).map((row) => (row < 0 ? -1 : row));
  let made = editTensors(files, (tensors) =>
    tensors.map(([name, tensor]) => {
      if (name === 'roberta.embeddings.word_embeddings.weight') return [name, rows(tensor, order, 4 * 32)];
      if (name === 'lm_head.bias') return [name, rows(tensor, order, 4)];
      if (name === 'roberta.embeddings.position_embeddings.weight') return [name, rows(tensor, places, 4 * 32)];
      return [name, tensor];
    }),
  );
  made = editJson(made, 'config.json', (config) => ({
    ...config,
    pad_token_id: padId,
    bos_token_id: vocab['<s>'],
    eos_token_id: vocab['</s>'],
    max_position_embeddings: 65 + padId,
  }));
  made = editJson(made, 'vocab.json', () => vocab);
  made = editJson(made, 'tokenizer.json', (tokenizer) => {
    tokenizer.model.vocab = vocab;
    tokenizer.added_tokens = tokenizer.added_tokens
      .map((token) => ({ ...token, id: vocab[token.content] }))
      .sort((a, b) => a.id - b.id);
    tokenizer.post_processor = {
      ...tokenizer.post_processor,
      sep: ['</s>', vocab['</s>']],
      cls: ['<s>', vocab['<s>']],
    };
  });
  return editJson(made, 'tokenizer_config.json', (config) => ({
    ...config,
    added_tokens_decoder: Object.fromEntries(
      Object.values(config.added_tokens_decoder).map((token) => [vocab[token.content], token]),
    ),
  }));
}
