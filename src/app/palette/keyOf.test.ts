import { expect, test } from 'vitest';
import { commandOf, isTyping, opensPalette, type PressedKey } from './keyOf.ts';
import { COMMANDS } from './pageCommands.ts';

const BODY = { tagName: 'BODY', isContentEditable: false };
const press = (key: string, more: Partial<PressedKey> = {}): PressedKey => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  defaultPrevented: false,
  ...more,
});

test('every key means one command', () => {
  const keys = COMMANDS.flatMap(({ key }) => key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.length).toBeGreaterThan(10);
  for (const { label, key } of COMMANDS) if (key !== undefined) expect(commandOf(press(key), BODY)?.label).toBe(label);
});

test.each([
  ['a line of text', { tagName: 'INPUT', type: 'text', isContentEditable: false }, true],
  ['a search', { tagName: 'INPUT', type: 'search', isContentEditable: false }, true],
  ['a box of text', { tagName: 'TEXTAREA', isContentEditable: false }, true],
  ['a list to choose from', { tagName: 'SELECT', isContentEditable: false }, true],
  ['an editable paragraph', { tagName: 'P', isContentEditable: true }, true],
  ['a tick box', { tagName: 'INPUT', type: 'checkbox', isContentEditable: false }, false],
  ['a button', { tagName: 'BUTTON', type: 'button', isContentEditable: false }, false],
])('keys in %s are text: %#', (_, on, typing) => {
  expect(isTyping(on)).toBe(typing);
  expect(commandOf(press('3'), on)?.label ?? null).toBe(typing ? null : 'Pipeline');
});

test.each([
  ['Ctrl', { ctrlKey: true }],
  ['⌘', { metaKey: true }],
  ['Alt', { altKey: true }],
  ['the key held down', { repeat: true }],
  ['a word being composed', { isComposing: true }],
  ['a key that something else has answered', { defaultPrevented: true }],
])('with %s a key means no command', (_, more) => {
  expect(commandOf(press('t', more), BODY)).toBeNull();
});

test('Ctrl or ⌘ and K open the palette, K alone does not', () => {
  expect(opensPalette(press('k', { ctrlKey: true }))).toBe(true);
  expect(opensPalette(press('K', { metaKey: true }))).toBe(true);
  expect(opensPalette(press('k'))).toBe(false);
});
