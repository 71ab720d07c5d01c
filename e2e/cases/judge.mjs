// @ts-nocheck Plain scripts, as in the folders of cases that others write.
// Holds Folio against a folder of cases: cases.json, texts/, expected/, and make.mjs with lib.mjs for bundles.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadTexts, openBundle, sentences } from './adapter.mjs';

const wordsOf = (text) => text.split(/\s+/u).filter((word) => word !== '');
const lettersOf = (text) => wordsOf(text).join('');
const shown = (value) => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
};
const listOf = (value) => (Array.isArray(value) ? value : [value]);

/** Where two lists part, in words; null where they are the same. */
function difference(found, wanted, what) {
  const at = wanted.findIndex((value, index) => value !== found[index]);
  if (at < 0 && found.length === wanted.length) return null;
  const place = at < 0 ? wanted.length : at;
  return `${what} ${place + 1}: ${shown(found[place] ?? 'none')} for ${shown(wanted[place] ?? 'none')}`;
}

/** How many held-out documents of ten splits are trained on, too, but for spaces, signs and capitals. */
function leaks({ documents, heldOut }) {
  const keys = documents.map((lines) =>
    lines
      .join(' ')
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ''),
  );
  let count = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const held = new Set(heldOut(seed));
    const trained = new Set(keys.filter((_, index) => !held.has(index)));
    count += [...held].filter((index) => trained.has(keys[index])).length;
  }
  return count;
}

/** What is wrong with a loaded text. */
const TEXT_CHECKS = {
  text: (read, paths, { expected }) => {
    const text = read.texts.join('\n\n');
    const reasons = listOf(paths).map((path) =>
      difference([...text], [...expected(path)], 'text differs at character'),
    );
    return reasons.includes(null) ? null : reasons[0];
  },
  words: (read, path, { expected }) => difference(wordsOf(read.texts.join('\n')), wordsOf(expected(path)), 'word'),
  letters: (read, path, { expected }) =>
    difference([...lettersOf(read.texts.join('\n'))], [...lettersOf(expected(path))], 'letter'),
  includes: (read, parts) =>
    parts.filter((part) => !read.texts.join('\n').includes(part)).map((part) => `lacks ${shown(part)}`)[0] ?? null,
  excludes: (read, parts) =>
    parts.filter((part) => read.texts.join('\n').includes(part)).map((part) => `still has ${shown(part)}`)[0] ?? null,
  documents: (read, count) =>
    read.documents.length === count ? null : `${read.documents.length} documents, not ${count}`,
  samples: (read, count) => {
    const samples = read.documents.reduce((sum, lines) => sum + lines.length, 0);
    return samples === count ? null : `${samples} samples, not ${count}`;
  },
  heldOutAtLeast: (read, count) =>
    read.heldOut(1).length >= count && read.heldOut(1).length < read.documents.length
      ? null
      : 'nothing can be held out',
  leaked: (read, count) =>
    leaks(read) === count ? null : `${leaks(read)} held-out documents of ten splits are trained on`,
};

const sameIds = (encode, wanted, baseIds) =>
  (wanted === 'base' ? [...baseIds] : Object.entries(wanted))
    .map(([text, ids]) => difference(encode(text), ids, `ids of ${shown(text)}, place`))
    .find((reason) => reason !== null) ?? null;

function sameWeights(found, names, { floats, baseTensors }) {
  for (const name of names) {
    const values = found.get(name);
    const wanted = floats(baseTensors.get(name));
    if (values === undefined) return `no weight ${name}`;
    // Nothing reads the first row of the position table: it lies before that of <pad>.
    const from = name.endsWith('position_embeddings.weight') ? 32 : 0;
    if (values.length !== wanted.length || wanted.some((value, at) => at >= from && value !== values[at]))
      return `${name} differs from the base`;
  }
  return null;
}

/** What is wrong with an opened model. */
const BUNDLE_CHECKS = {
  weights: (opened, _, folder) => sameWeights(opened.weights, [...folder.baseTensors.keys()], folder),
  encoderWeights: (opened, _, folder) => {
    const names = [...folder.baseTensors.keys()].filter((name) => name.startsWith('roberta.'));
    return sameWeights(opened.weights, names, folder);
  },
  ids: (opened, wanted, { baseIds }) => sameIds(opened.ids, wanted, baseIds),
  alsoIds: (opened, wanted, { baseIds }) => sameIds(opened.ids, wanted, baseIds),
  wholeIds: (opened, _, { baseIds }) =>
    sameIds(opened.wholeIds, Object.fromEntries([...baseIds].map(([text, ids]) => [text, [0, ...ids, 2]]))),
  longest: (opened, count) => (opened.longest === count ? null : `reads ${opened.longest} tokens, not ${count}`),
};

/** What came of a case: an outcome, what a person reads, and the values where there are some. */
async function outcomeOf(run) {
  try {
    const result = await run();
    const offered = result.offers.length > 0;
    return {
      outcome: offered ? 'offered-repair' : result.notices.length > 0 ? 'accepted-with-notice' : 'accepted',
      messages: [...result.notices, ...result.offers.map(({ label }) => label)],
      values: offered ? await Promise.all(result.offers.map((offer) => offer.accept())) : [result],
    };
  } catch (thrown) {
    const messages = sentences(thrown);
    return messages === null
      ? { outcome: 'crashed', messages: [String(thrown)], values: [] }
      : { outcome: 'refused', messages, values: [] };
  }
}

/** The reasons why a case does not hold. */
function judge({ expect }, { outcome, messages, values }, names, checks, folder) {
  // What a file is called is no explanation.
  const said = names.reduce((all, name) => all.replaceAll(name, '…'), messages.join(' ')).toLowerCase();
  const mentions = (words) =>
    words
      .toLowerCase()
      .split('|')
      .some((word) => said.includes(word));
  const reasons = [];
  if (!expect.outcome.split('|').includes(outcome)) reasons.push(`${outcome}, not ${expect.outcome}`);
  const needed = [...expect.mustMention, ...(outcome === 'refused' ? (expect.mustMentionIfRefused ?? []) : [])];
  for (const words of needed) if (!mentions(words)) reasons.push(`does not say “${words}”`);
  for (const words of expect.mustNotMention) if (mentions(words)) reasons.push(`says “${words}”`);
  const wrong = values.map((value) =>
    Object.entries(expect.values).flatMap(([key, wanted]) => checks[key](value, wanted, folder) ?? []),
  );
  if (wrong.length > 0 && !wrong.some((list) => list.length === 0)) reasons.push(...wrong[0]);
  if (reasons.length > 0 && (outcome === 'refused' || outcome === 'crashed'))
    reasons.push(`said: ${messages.join(' ').slice(0, 240)}`);
  return reasons;
}

async function check(entry, folder) {
  if (entry.action === 'openBundle') {
    const made = await folder.make(basename(entry.input));
    const named = { ...made, name: made.files === undefined ? made.name : 'my-bert' };
    return judge(entry, await outcomeOf(() => openBundle(named)), [named.name], BUNDLE_CHECKS, folder);
  }
  const files = listOf(entry.input).map((path) => ({ name: basename(path), bytes: folder.bytes(path) }));
  const names = files.map(({ name }) => name);
  return judge(entry, await outcomeOf(() => loadTexts(files)), names, TEXT_CHECKS, folder);
}

/** What the checks read of a folder of cases. */
async function openFolder(path) {
  const load = (name) => import(pathToFileURL(join(path, name)).href);
  const { base, baseIds, floats, readTensors } = await load('lib.mjs');
  const { make } = await load('make.mjs');
  return {
    make,
    floats,
    bytes: (name) => new Uint8Array(readFileSync(join(path, name))),
    expected: (name) => readFileSync(join(path, name), 'utf8'),
    baseIds: baseIds(),
    baseTensors: readTensors(base().get('model.safetensors')),
  };
}

/** The cases of a folder that can be run without a page: of ids or kinds, where some are named. */
export function runnableCases(path, wanted = []) {
  return JSON.parse(readFileSync(join(path, 'cases.json'), 'utf8'))
    .filter(({ action }) => action === 'readText' || action === 'openBundle')
    .filter(({ id, kind }) => wanted.length === 0 || wanted.includes(id) || wanted.includes(kind));
}

/** @returns for each case why it does not hold: no reason if it does */
export async function holdCases(path, cases) {
  const folder = await openFolder(path);
  const results = [];
  for (const entry of cases) results.push({ entry, reasons: await check(entry, folder) });
  return results;
}
