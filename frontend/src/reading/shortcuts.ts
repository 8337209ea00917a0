/** Every key of the reading room, in one table: it drives the handler and the sheet behind "?". */
import type { Level } from '../api/types'
import { placeOf } from '../shell/keyPlace'

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

export interface Shortcut {
  command: Command
  /** Value of `KeyboardEvent.key`, letters in lower case. */
  key: string
  /** The key as it is written on screen. */
  shown: string
  words: string
}

export interface ShortcutGroup {
  title: string
  shortcuts: readonly Shortcut[]
}

function shortcut(command: Command, key: string, words: string, shown = key.toUpperCase()) {
  return { command, key, shown, words }
}

export const SHORTCUT_GROUPS: readonly ShortcutGroup[] = [
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
      shortcut('slice up', 'ArrowUp', 'One slice up', '↑'),
      shortcut('slice down', 'ArrowDown', 'One slice down', '↓'),
      shortcut('five slices up', 'PageUp', 'Five slices up', 'Page ↑'),
      shortcut('five slices down', 'PageDown', 'Five slices down', 'Page ↓'),
      shortcut('next window', 'w', 'Next window'),
      shortcut('previous window', 'W', 'Previous window', 'Shift W'),
      shortcut('overlay', 'o', 'Artery overlay on or off'),
      shortcut('overlay stronger', ']', 'Overlay stronger'),
      shortcut('overlay weaker', '[', 'Overlay weaker'),
    ],
  },
  {
    title: 'DSA',
    shortcuts: [
      shortcut('play', ' ', 'Play or pause', 'Space'),
      shortcut('next frame', 'ArrowRight', 'Next frame', '→'),
      shortcut('previous frame', 'ArrowLeft', 'Previous frame', '←'),
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
]

const SHORTCUTS = SHORTCUT_GROUPS.flatMap((group) => group.shortcuts)

export function keyOf(command: Command): string {
  return SHORTCUTS.find((entry) => entry.command === command)?.shown ?? ''
}

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

export type Meaning = { command: Command } | { grade: number } | null

/** What a key press asks for; null leaves it to the element in focus or the browser. */
export function meaningOf(press: KeyPress, levels: readonly Level[]): Meaning {
  const place = placeOf(press.target)
  const withControl = press.ctrlKey || press.metaKey
  if (place === 'text') {
    return withControl && press.key === 'Enter' ? { command: 'submit' } : null
  }
  if (withControl || press.altKey || place === 'popup') return null
  if (place === 'button' && (press.key === 'Enter' || press.key === ' ')) return null
  if (place === 'slider' && press.key.startsWith('Arrow')) return null
  const level = levels.find(({ value }) => keyOfLevel(value) === press.key)
  if (level) return { grade: level.value }
  const entry =
    SHORTCUTS.find(({ key }) => key === press.key) ??
    SHORTCUTS.find(({ key }) => key === press.key.toLowerCase())
  return entry ? { command: entry.command } : null
}
