/** Which command a key means, and when it means none. */
import { COMMANDS, type Command } from './pageCommands.ts';

type Modified = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;
export type PressedKey = Modified & Pick<KeyboardEvent, 'repeat' | 'isComposing' | 'defaultPrevented'>;

/** Where the key was pressed; only inputs have a type. */
export type PressedOn = Pick<HTMLElement, 'tagName' | 'isContentEditable'> & Partial<Pick<HTMLInputElement, 'type'>>;

/** Inputs into which nothing is typed. */
const PRESSED_ONLY: ReadonlySet<string> = new Set(['checkbox', 'radio', 'button', 'submit', 'reset', 'file', 'image']);

/** Whether a key is text there, or chooses an option. */
export function isTyping({ tagName, type = 'text', isContentEditable }: PressedOn): boolean {
  if (isContentEditable || tagName === 'TEXTAREA' || tagName === 'SELECT') return true;
  return tagName === 'INPUT' && !PRESSED_ONLY.has(type);
}

/** Ctrl and K, or ⌘ and K: the palette, from everywhere, fields included. */
export function opensPalette({ key, ctrlKey, metaKey, altKey }: Modified): boolean {
  return (ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k';
}

/** The command of a single key, or null: while typing, with a modifier, for a key that was held or used already. */
export function commandOf(pressed: PressedKey, on: PressedOn): Command | null {
  const { key, ctrlKey, metaKey, altKey, repeat, isComposing, defaultPrevented } = pressed;
  if (ctrlKey || metaKey || altKey || repeat || isComposing || defaultPrevented || isTyping(on)) return null;
  return COMMANDS.find((command) => command.key === key) ?? null;
}
