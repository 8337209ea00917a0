import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Notification,
} from '@mantine/core'

const petrol: MantineColorsTuple = [
  '#eef6f8',
  '#d9eaef',
  '#b3d4de',
  '#88bccb',
  '#63a8bb',
  '#4899ae',
  '#2f86a0',
  '#1b6f88',
  '#145d73',
  '#0b4859',
]

/** Neutral greys: the reading room must not tint what is seen beside it. */
const neutral: MantineColorsTuple = [
  '#d6d6d6',
  '#b4b4b4',
  '#949494',
  '#6e6e6e',
  '#424242',
  '#343434',
  '#242424',
  '#121212',
  '#0c0c0c',
  '#060606',
]

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  colors: { petrol, dark: neutral },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.45' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
    }),
  },
})

/** Mantine's own dimmed text misses the contrast ratio of 4.5 on a light page. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--page-background': '#f6f8f9',
    '--mantine-color-dimmed': '#55606a',
    '--mantine-color-placeholder': '#626d77',
    '--mantine-color-error': '#b42318',
  },
  dark: {
    '--page-background': '#121212',
    // White on Mantine's own choice for the dark misses that ratio too.
    '--mantine-color-petrol-filled': '#1b6f88',
    '--mantine-color-petrol-filled-hover': '#145d73',
  },
})
