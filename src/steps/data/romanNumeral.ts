const NUMERALS: readonly (readonly [number, string])[] = [
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

/** A number as sonnets are numbered. @example romanNumeral(144) === 'CXLIV' */
export function romanNumeral(value: number): string {
  let rest = value;
  let written = '';
  for (const [size, letters] of NUMERALS) {
    while (rest >= size) {
      written += letters;
      rest -= size;
    }
  }
  return written;
}
