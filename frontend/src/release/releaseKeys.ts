/** Every key of the release page, and what a press of one means. */
import { placeOf } from '../keyboard/keyPlace'
import { repeating, shortcut, ShortcutTable } from '../keyboard/shortcutTable'

export type Command =
  | 'play'
  | 'next picture'
  | 'previous picture'
  | 'next text'
  | 'zoom in'
  | 'zoom out'
  | 'invert'
  | 'next window'
  | 'reset'
  | 'draw'
  | 'cover text'
  | 'delete'
  | 'undo'
  | 'leave'
  | 'before'
  | 'after'
  | 'release'
  | 'keep out'
  | 'next series'
  | 'previous series'
  | 'help'

export const SHORTCUTS = new ShortcutTable<Command>([
  {
    title: 'Look',
    shortcuts: [
      shortcut('play', ' ', 'Play or pause', 'Space'),
      repeating(shortcut('next picture', 'ArrowRight', 'Next frame or slice', '→')),
      repeating(shortcut('previous picture', 'ArrowLeft', 'The one before', '←')),
      shortcut('next text', 't', 'Go to the next text that was found'),
      repeating({ ...shortcut('zoom in', '+', 'Zoom in'), keys: ['+', '='] }),
      repeating(shortcut('zoom out', '-', 'Zoom out', '−')),
      shortcut('next window', 'w', 'Spread the dark greys, the bright ones, all'),
      shortcut('invert', 'i', 'Invert grey'),
      shortcut('reset', '0', 'Whole picture, greys as stored'),
    ],
  },
  {
    title: 'Black out',
    shortcuts: [
      shortcut('draw', 'b', 'Draw rectangles with the mouse, on or off'),
      shortcut('cover text', 'a', 'Black out the next text that was found'),
      { ...shortcut('delete', 'Delete', 'Delete the chosen rectangle', 'Del'), keys: ['Delete', 'Backspace'] },
      shortcut('undo', 'u', 'Undo the last step'),
      shortcut('leave', 'Escape', 'Choose no rectangle, stop drawing', 'Esc'),
    ],
  },
  {
    title: 'Decide',
    shortcuts: [
      shortcut('before', '1', 'Before recanalization'),
      shortcut('after', '2', 'After recanalization'),
      shortcut('release', 'r', 'Release'),
      shortcut('keep out', 'k', 'Keep out'),
      shortcut('next series', 'n', 'Leave it for now, go to the next'),
      shortcut('previous series', 'p', 'Back to the one before'),
      shortcut('help', '?', 'Show this sheet'),
    ],
  },
])

export const keyOf = (command: Command) => SHORTCUTS.keyOf(command)

type Press = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'repeat' | 'target'
>

/** What the arrows do to the chosen rectangle: moved, or sized with Shift. */
export interface Nudge {
  how: 'move' | 'size'
  dx: number
  dy: number
}

export type Meaning = { command: Command } | { nudge: Nudge } | null

const ARROWS: Partial<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}
const NUDGE_PIXELS = 4

/** What a key press asks for; null leaves it to the element in focus or the browser. */
export function meaningOf(press: Press, rectangleIsChosen: boolean): Meaning {
  const place = placeOf(press.target)
  if (place === 'text' || place === 'popup') return null
  if (press.ctrlKey || press.metaKey) return press.key === 'z' ? { command: 'undo' } : null
  if (press.altKey) return null
  if (place === 'button' && (press.key === 'Enter' || press.key === ' ')) return null
  const arrow = ARROWS[press.key]
  if (arrow && rectangleIsChosen) {
    const [dx, dy] = arrow
    const how = press.shiftKey ? 'size' : 'move'
    return { nudge: { how, dx: dx * NUDGE_PIXELS, dy: dy * NUDGE_PIXELS } }
  }
  if (arrow && place === 'slider') return null
  const entry = SHORTCUTS.find(press.key)
  if (!entry || (press.repeat && !entry.repeats)) return null
  return { command: entry.command }
}
