import { Kbd } from '@mantine/core';

const NAMES: Readonly<Record<string, string>> = { S: 'Shift S' };

/** A key as it stands on the keyboard. */
export function Key({ name }: { readonly name: string }) {
  return <Kbd>{NAMES[name] ?? (/^[a-z]$/.test(name) ? name.toUpperCase() : name)}</Kbd>;
}
