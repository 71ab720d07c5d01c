import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useCallback } from 'react';

interface Scheme {
  readonly shown: 'light' | 'dark';
  readonly other: 'light' | 'dark';
  readonly toggle: () => void;
  readonly followSystem: () => void;
}

/** Light or dark: as the system says until one is chosen, remembered afterwards. */
export function useScheme(): Scheme {
  const { setColorScheme } = useMantineColorScheme();
  const shown = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const other = shown === 'light' ? 'dark' : 'light';
  const toggle = useCallback(() => setColorScheme(other), [setColorScheme, other]);
  const followSystem = useCallback(() => setColorScheme('auto'), [setColorScheme]);
  return { shown, other, toggle, followSystem };
}
