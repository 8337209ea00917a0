import { repeating, shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { ViewEvent, ViewState } from '../viewState'

export type CtCommand =
  | 'next window'
  | 'previous window'
  | 'overlay'
  | 'overlay stronger'
  | 'overlay weaker'
  | 'slice up'
  | 'slice down'
  | 'five slices up'
  | 'five slices down'

export const CT_KEYS: ShortcutGroup<CtCommand> = {
  title: 'CT',
  shortcuts: [
    repeating(shortcut('slice up', 'ArrowUp', 'One slice up', '↑')),
    repeating(shortcut('slice down', 'ArrowDown', 'One slice down', '↓')),
    repeating(shortcut('five slices up', 'PageUp', 'Five slices up', 'Page ↑')),
    repeating(shortcut('five slices down', 'PageDown', 'Five slices down', 'Page ↓')),
    shortcut('next window', 'w', 'Next window'),
    shortcut('previous window', 'W', 'Previous window', 'Shift W'),
    shortcut('overlay', 'o', 'Artery overlay on or off'),
    repeating(shortcut('overlay stronger', ']', 'Overlay stronger')),
    repeating(shortcut('overlay weaker', '[', 'Overlay weaker')),
  ],
}

export function ctCommands(
  { ct }: ViewState,
  dispatch: (event: ViewEvent) => void,
): Record<CtCommand, () => void> {
  const stepSlices = (steps: number) => () => {
    dispatch({ type: 'slices stepped', plane: ct.plane, steps })
  }
  const strengthenOverlay = (by: number) => () => {
    dispatch({ type: 'overlay opacity set', opacity: ct.overlay.opacity + by })
  }
  const stepWindow = (steps: number) => () => {
    dispatch({ type: 'window stepped', steps })
  }
  return {
    'next window': stepWindow(1),
    'previous window': stepWindow(-1),
    overlay: () => {
      dispatch({ type: 'overlay toggled' })
    },
    'overlay stronger': strengthenOverlay(0.1),
    'overlay weaker': strengthenOverlay(-0.1),
    'slice up': stepSlices(1),
    'slice down': stepSlices(-1),
    'five slices up': stepSlices(5),
    'five slices down': stepSlices(-5),
  }
}
