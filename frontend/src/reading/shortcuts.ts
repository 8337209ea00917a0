/** Every key of the reading room, and what a press of one means. */
import type { Level } from '../api/types'
import { placeOf } from '../keyboard/keyPlace'
import { repeating, shortcut, ShortcutTable } from '../keyboard/shortcutTable'

export type Command =
  | 'submit'
  | 'unscorable'
  | 'comment'
  | 'items'
  | 'anchors'
  | 'pause'
  | 'next window'
  | 'previous window'
  | 'overlay'
  | 'overlay stronger'
  | 'overlay weaker'
  | 'slice up'
  | 'slice down'
  | 'five slices up'
  | 'five slices down'
  | 'play'
  | 'next frame'
  | 'previous frame'
  | 'subtract'
  | 'invert'
  | 'other run'
  | 'C-arm view'
  | 'next view'
  | 'enlarge'
  | 'reset'
  | 'help'

export const SHORTCUTS = new ShortcutTable<Command>([
  {
    title: 'Rating',
    shortcuts: [
      shortcut('unscorable', 'u', 'Cannot be scored: say why'),
      shortcut('comment', 'c', 'Write a comment (Esc leaves it)'),
      shortcut('items', 't', 'Territories and questions, if any'),
      shortcut('anchors', 'a', 'What each grade means'),
      shortcut('submit', 'Enter', 'Submit and go to the next case', 'Enter'),
    ],
  },
  {
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
  },
  {
    title: 'DSA',
    shortcuts: [
      shortcut('play', ' ', 'Play or pause', 'Space'),
      repeating(shortcut('next frame', 'ArrowRight', 'Next frame', '→')),
      repeating(shortcut('previous frame', 'ArrowLeft', 'Previous frame', '←')),
      shortcut('subtract', 's', 'Subtracted or native'),
      shortcut('invert', 'i', 'Invert grey'),
      shortcut('other run', 'x', 'Change to the other run'),
    ],
  },
  {
    title: 'View',
    shortcuts: [
      shortcut('C-arm view', 'v', 'Tree as the C-arm of the run sees it'),
      shortcut('next view', 'p', 'Change to the next plane, or the tree'),
      shortcut('enlarge', 'f', 'Enlarge the view in use, or go back'),
      shortcut('reset', 'r', 'Reset all views'),
      shortcut('pause', 'b', 'Take a break: the clock stops'),
      shortcut('help', '?', 'Show this sheet'),
    ],
  },
])

export const keyOf = (command: Command) => SHORTCUTS.keyOf(command)

/** A scale that ends at 10 has its 10 on the key after 9. */
export function keyOfLevel(value: number): string {
  return value === 10 ? '0' : String(value)
}

/** The part of a keyboard event that decides what it means. */
export interface KeyPress {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  target: EventTarget | null
}

export type Meaning = { command: Command; repeats: boolean } | { grade: number } | null

/** What a key press asks for; null leaves it to the element in focus or the browser. */
export function meaningOf(press: KeyPress, levels: readonly Level[]): Meaning {
  const place = placeOf(press.target)
  const withControl = press.ctrlKey || press.metaKey
  if (place === 'text') {
    return withControl && press.key === 'Enter' ? { command: 'submit', repeats: false } : null
  }
  if (withControl || press.altKey || place === 'popup') return null
  if (place === 'button' && (press.key === 'Enter' || press.key === ' ')) return null
  if (place === 'slider' && press.key.startsWith('Arrow')) return null
  const level = levels.find(({ value }) => keyOfLevel(value) === press.key)
  if (level) return { grade: level.value }
  const entry = SHORTCUTS.find(press.key)
  return entry ? { command: entry.command, repeats: entry.repeats } : null
}
