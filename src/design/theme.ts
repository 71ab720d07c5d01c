/** Mantine dressed in Folio's paper and ink. The colours themselves live in `tokens.css`, once, for both schemes. */
import { type CSSVariablesResolver, colorsTuple, createTheme, defaultVariantColorsResolver } from '@mantine/core';

/** For `MantineProvider theme`. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 6,
  // The same in every shade: the scheme chooses, not Mantine.
  colors: { accent: colorsTuple('var(--accent)') },
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  headings: { fontFamily: 'var(--font-book)', fontWeight: '480' },
  defaultRadius: 2,
  radius: { xs: '2px', sm: '2px', md: '2px', lg: '3px', xl: '3px' },
  shadows: { xs: 'none', sm: 'none', md: 'none', lg: 'none', xl: 'none' },
  // White on the light accent of the dark scheme would be too faint to read.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' && { color: 'var(--on-accent)' }),
  }),
  cursorType: 'pointer',
  respectReducedMotion: true,
  activeClassName: '',
  components: {
    // What to press next says so of itself.
    Button: { defaultProps: { variant: 'default' } },
    ActionIcon: { defaultProps: { variant: 'default' } },
    TextInput: { defaultProps: { autoComplete: 'off', spellCheck: false } },
    Textarea: { defaultProps: { spellCheck: false } },
    Table: { defaultProps: { fz: 'var(--text-sm)', borderColor: 'var(--hairline)', captionSide: 'top' } },
    Kbd: { defaultProps: { fw: 400, c: 'var(--ink-soft)', style: { borderColor: 'var(--hairline-strong)' } } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
    Tooltip: {
      defaultProps: {
        transitionProps: { duration: 80 },
        openDelay: 120,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, centered: true },
      styles: {
        content: { border: '1px solid var(--hairline-strong)' },
        title: { fontFamily: 'var(--font-book)', fontSize: 'var(--text-lg)' },
      },
    },
    Switch: { styles: { track: { border: '1px solid var(--hairline-strong)' } } },
  },
});

const SHARED = {
  '--mantine-color-white': 'var(--paper-raised)',
  '--mantine-color-gray-0': 'var(--paper-sunken)',
  '--mantine-color-gray-3': 'var(--hairline)',
  '--mantine-color-gray-4': 'var(--hairline-strong)',
  '--mantine-color-dark-4': 'var(--hairline-strong)',
  '--mantine-color-dark-5': 'var(--hairline)',
  '--mantine-color-dark-6': 'var(--paper-raised)',
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-placeholder': 'var(--ink-faint)',
  '--mantine-color-default': 'var(--paper-raised)',
  '--mantine-color-default-hover': 'var(--paper-sunken)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--hairline-strong)',
  '--mantine-color-error': 'var(--accent)',
  '--mantine-color-disabled': 'var(--paper-sunken)',
  '--mantine-color-disabled-color': 'var(--ink-faint)',
  '--mantine-color-disabled-border': 'var(--hairline)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-color-accent-filled-hover': 'var(--accent-hover)',
  '--mantine-color-accent-light': 'var(--accent-wash)',
  '--mantine-color-accent-light-hover': 'var(--accent-wash)',
};

/** For `MantineProvider cssVariablesResolver`. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: SHARED, dark: SHARED });
