import { repeating, shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { ViewEvent, ViewState } from '../viewState'

export type CtCommand =
  | 'next window'
  | 'previous window'
  | 'overlay'
  | 'overlay stronger'
  | 'overlay weaker'
  | 'overlay style'
  | 'slab'
  | 'thinner slab'
  | 'thicker slab'
  | 'artery key'
  | 'measure'
  | 'leave'
  | 'layout'
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
    shortcut('slab', 'm', 'One slice, slab maximum (MIP), slab mean'),
    repeating(shortcut('thinner slab', ',', 'Thinner slab')),
    repeating(shortcut('thicker slab', '.', 'Thicker slab')),
    shortcut('overlay', 'o', 'Artery overlay on or off'),
    shortcut('overlay style', 'O', 'Overlay filled or as an outline', 'Shift O'),
    repeating(shortcut('overlay stronger', ']', 'Overlay stronger')),
    repeating(shortcut('overlay weaker', '[', 'Overlay weaker')),
    shortcut('artery key', 'k', 'Names and colours of the arteries; show or hide each'),
    shortcut('measure', 'd', 'Measure distances by dragging; again removes them'),
    shortcut('leave', 'Escape', 'Stop measuring; close the names of the arteries', 'Esc'),
    shortcut('layout', 'l', 'One large plane or three equal ones'),
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
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  return {
    'next window': stepWindow(1),
    'previous window': stepWindow(-1),
    slab: send({ type: 'slab mode stepped' }),
    'thinner slab': send({ type: 'slab thickness stepped', steps: -1 }),
    'thicker slab': send({ type: 'slab thickness stepped', steps: 1 }),
    overlay: send({ type: 'overlay toggled' }),
    'overlay style': send({ type: 'overlay style toggled' }),
    'artery key': send({ type: 'artery key toggled' }),
    measure: send({ type: 'measuring toggled' }),
    leave: send({ type: 'tools left' }),
    layout: send({ type: 'layout toggled' }),
    'overlay stronger': strengthenOverlay(0.1),
    'overlay weaker': strengthenOverlay(-0.1),
    'slice up': stepSlices(1),
    'slice down': stepSlices(-1),
    'five slices up': stepSlices(5),
    'five slices down': stepSlices(-5),
  }
}
