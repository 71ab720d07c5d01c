/** Lines to start from and verses, in scripts with and without spaces. */
import { describe, expect, it, vi } from 'vitest';
import { configForPreset } from '../../core/config.ts';
import { suggestVocabSize } from '../../text/tokenizer/suggestSize.ts';
import { commands } from './commands.ts';
import { createSession, requireTokens, type SessionState } from './session.ts';
import { chooseVerses, questionText } from './verses.ts';

const PRESET = configForPreset('micro');

/** Subjects, places and verbs, put together to sentences in the order of the language. */
const PARTS = {
  German: [
    ['Der Fluss ', 'Das alte Haus ', 'Die Fähre '],
    ['am Morgen ', 'über Nacht '],
    ['schweigt.', 'überquert den Nebel.'],
  ],
  Russian: [
    ['Старая река ', 'Тихий вечер ', 'Наш паром '],
    ['утром ', 'за холмами '],
    ['молчит.', 'ждёт весны.'],
  ],
  Hebrew: [
    ['הנהר הישן ', 'הבית הקטן ', 'הערב השקט '],
    ['בבוקר ', 'מעבר לגבעות '],
    ['שותק.', 'מחכה לאביב.'],
  ],
  Arabic: [
    ['النهر القديم ', 'البيت الصغير ', 'المساء الهادئ '],
    ['في الصباح ', 'وراء التلال '],
    ['يصمت.', 'ينتظر الربيع.'],
  ],
  Korean: [
    ['오래된 강은 ', '작은 집은 ', '고요한 저녁은 '],
    ['아침에 ', '언덕 너머에서 '],
    ['말이 없다.', '봄을 기다린다.'],
  ],
  Japanese: [
    ['古い川は', '小さな家は', '静かな夕方は'],
    ['朝に', '丘の向こうで'],
    ['黙っている。', '春を待っている。'],
  ],
  Chinese: [
    ['古老的河流', '小小的房子', '安静的傍晚'],
    ['在早晨', '在山丘后面'],
    ['沉默不语。', '等待着春天。'],
  ],
  Thai: [
    ['แม่น้ำสายเก่า', 'บ้านหลังเล็ก', 'ยามเย็นอันเงียบสงบ'],
    ['ในตอนเช้า', 'หลังเนินเขา'],
    ['เงียบงัน', 'รอคอยฤดูใบไม้ผลิ'],
  ],
} as const;

function textOf([subjects, places, verbs]: (typeof PARTS)[keyof typeof PARTS]): string {
  const at = (list: readonly string[], index: number): string => list[index % list.length] ?? '';
  const sentence = (n: number): string => at(subjects, n) + at(places, n >> 1) + at(verbs, n >> 2);
  return Array.from({ length: 80 }, (_, n) => sentence(n) + sentence(n * 5 + 1 + Math.floor(n / 12))).join('\n\n');
}

async function tokenized(text: string, data = PRESET.data): Promise<SessionState> {
  // Node 20 has none; what is asked of it here is whether there is a graphics card.
  vi.stubGlobal('navigator', {});
  const state = createSession(() => undefined);
  const summary = await commands['data.load'](state, { source: { kind: 'paste', text }, config: data });
  const config = { ...suggestVocabSize(summary), minFrequency: 2 };
  await commands['tokenizer.train'](state, { config }, new AbortController().signal);
  return state;
}

describe.each(Object.entries(PARTS))('a text in %s', (_, parts) => {
  // 14 tokens: lines are cut, within a character where nobody takes care.
  it.each([64, 16])('has lines to start from that fit %i positions', async (seqLength) => {
    const tokens = requireTokens(await tokenized(textOf(parts)));
    const questions = chooseVerses(tokens, seqLength);
    expect(questions).toHaveLength(4);
    for (const question of questions) {
      const text = questionText(tokens.tokenizer, question);
      expect(text).toContain('<mask>');
      expect(text).not.toContain('\ufffd');
      expect(tokens.tokenizer.encodeWithSpecials(text).length).toBeLessThanOrEqual(seqLength);
    }
  });
});

it('a line of two words keeps one of them', async () => {
  const at = (list: readonly string[], n: number): string => list[n % list.length] ?? '';
  const [first, second] = [
    ['Night', 'Day', 'Dawn', 'Dusk', 'Noon'],
    ['falls', 'breaks', 'sings'],
  ] as const;
  const lines = Array.from({ length: 400 }, (_, n) => `${at(first, n)} ${at(second, n >> 2)}.`);
  const tokens = requireTokens(await tokenized(lines.join('\n')));
  for (const question of chooseVerses(tokens, 32)) expect(question.hidden).toHaveLength(1);
});

it.each([
  [0.1, true],
  [0, false],
])('with a held-out share of %s they say whether they are held out: %s', async (heldOutShare, heldOut) => {
  const state = await tokenized(textOf(PARTS.German), { ...PRESET.data, heldOutShare });
  const [line] = await commands['test.suggestions'](state, { count: 1 });
  expect(line?.heldOut).toBe(heldOut);
});

it('the vocabulary begins with what occurs most', async () => {
  const state = await tokenized(textOf(PARTS.German));
  const { items } = await commands['tokenizer.vocabulary'](state, { query: '', offset: 0, limit: 8 });
  const counts = items.map(({ count }) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  expect(counts.at(-1)).toBeGreaterThan(0);
});

it('there are none in a text of figures alone', async () => {
  const lines = Array.from({ length: 400 }, (_, n) => `${n * 7919} ${n * 104_729}`);
  expect(await commands['test.suggestions'](await tokenized(lines.join('\n')), { count: 4 })).toEqual([]);
});
