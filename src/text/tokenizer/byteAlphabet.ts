/**
 * The byte alphabet of GPT-2: every byte as one printable character, so that a token of any bytes is a string. Bytes that
 * are visible characters of Latin-1 stand for themselves, the others for the characters from U+0100 on, in order.
 *
 *     space (0x20) → "Ġ"    line feed (0x0A) → "Ċ"    "é" (0xC3 0xA9) → "Ã©"
 *
 * Source: `bytes_char` in tokenizers, `pre_tokenizers/byte_level.rs`.
 */
import { concatenate } from '../../core/bytes.ts';

const CHARACTERS: readonly string[] = listCharacters();

/** Byte of each character's code, -1 where a character is not in the alphabet. */
const BYTES: Int16Array = invert(CHARACTERS);

/** The 256 characters sorted by code point: the order in which they get their ids. */
export const SORTED_ALPHABET: readonly string[] = CHARACTERS.toSorted((a, b) => a.charCodeAt(0) - b.charCodeAt(0));

function listCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(visible ? byte : next++);
  });
}

function invert(characters: readonly string[]): Int16Array {
  const bytes = new Int16Array(0x144).fill(-1);
  for (const [byte, character] of characters.entries()) bytes[character.charCodeAt(0)] = byte;
  return bytes;
}

/** The character that stands for a byte. */
export function characterOfByte(byte: number): string {
  return CHARACTERS[byte] as string;
}

/** The byte that a character (by its UTF-16 code) stands for, or -1. */
export function byteOfCharacter(code: number): number {
  return BYTES[code] ?? -1;
}

/** Bytes of a token; a token with a character that is not in the byte alphabet stands for itself. */
export function tokenBytes(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteOfCharacter(token.charCodeAt(i));
    if (byte < 0) return new TextEncoder().encode(token);
    bytes[i] = byte;
  }
  return bytes;
}

/** Bytes of several tokens as text; those that are not UTF-8 become U+FFFD, also where a token broke a character. */
export function decodeBytes(parts: readonly Uint8Array[]): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(concatenate(parts));
}

/** Bytes as text, "▯" for those that are a part of a character. */
export function displayText(bytes: Uint8Array): string {
  return decodeBytes([bytes]).replace(/\ufffd+/gu, '\u25af');
}
