/** Every key of the reading room, and what a press of one means. */
import type { Level } from '../api/types'
import { placeOf } from '../keyboard/keyPlace'
import { shortcut, ShortcutTable } from '../keyboard/shortcutTable'
import { CT_KEYS } from './ct/ctKeys'
import { RUN_KEYS } from './dsa/runKeys'
import { TREE_KEYS } from './tree/treeKeys'
import { PANE_KEYS, type ViewCommand } from './viewCommands'

type RoomCommand = 'submit' | 'undo' | 'unscorable' | 'comment' | 'items' | 'anchors' | 'pause' | 'help'

export type Command = RoomCommand | ViewCommand

export const SHORTCUTS = new ShortcutTable<Command>([
  {
    title: 'Rating',
    shortcuts: [
      shortcut('unscorable', 'u', 'Cannot be scored: say why'),
      shortcut('comment', 'c', 'Write a comment (Esc leaves it)'),
      shortcut('items', 't', 'Territories and questions, if any'),
      shortcut('anchors', 'a', 'What each grade means'),
      shortcut('submit', 'Enter', 'Submit and go to the next case', 'Enter'),
      shortcut('undo', 'Backspace', 'Take back the case just submitted', 'Backspace'),
    ],
  },
  CT_KEYS,
  TREE_KEYS,
  RUN_KEYS,
  PANE_KEYS,
  {
    title: 'Room',
    shortcuts: [
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
  shiftKey: boolean
  getModifierState?: (modifier: string) => boolean
  target: EventTarget | null
}

export type Meaning = { command: Command; repeats: boolean } | { grade: number } | null

/** What a key press asks for; null leaves it to the element in focus or the browser. */
export function meaningOf(press: KeyPress, levels: readonly Level[]): Meaning {
  const place = placeOf(press.target)
  const typed = isTypedWithAltGr(press)
  const withControl = (press.ctrlKey || press.metaKey) && !typed
  if (place === 'text') {
    return withControl && press.key === 'Enter' ? { command: 'submit', repeats: false } : null
  }
  if ((press.altKey && !typed) || place === 'popup') return null
  if (withControl && !isArrow(press.key)) return null
  if (place === 'button' && (press.key === 'Enter' || press.key === ' ')) return null
  if (place === 'slider' && press.key.startsWith('Arrow')) return null
  const level = levels.find(({ value }) => keyOfLevel(value) === press.key)
  if (level) return { grade: level.value }
  const name = keyName(press)
  const entry = SHORTCUTS.find(ALTERNATES[name] ?? name)
  return entry ? { command: entry.command, repeats: entry.repeats } : null
}

/**
 * Whether AltGr, or Option on a Mac, made this character: so are brackets and braces on German and
 * many other keyboards. Windows says Control and Alt are held then.
 */
function isTypedWithAltGr(press: KeyPress): boolean {
  const isSign = /^[^\p{L}\p{N}\s]$/u.test(press.key)
  return isSign && (press.altKey || press.getModifierState?.('AltGraph') === true)
}

/** For keyboards on which a key is missing or hard to reach. */
const ALTERNATES: Readonly<Record<string, string>> = { '(': '[', ')': ']', F1: '?' }

/** The key as the tables name it: with Shift and Control where these change what an arrow does. */
function keyName({ key, shiftKey, ctrlKey, metaKey }: KeyPress): string {
  if (isArrow(key)) return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shiftKey ? 'Shift+' : ''}${key}`
  // Caps lock turns letters round; what counts is whether Shift is held.
  return key.length === 1 && !shiftKey ? key.toLowerCase() : key
}

function isArrow(key: string): boolean {
  return key.startsWith('Arrow')
}
