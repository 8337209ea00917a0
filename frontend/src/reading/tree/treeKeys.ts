import { repeating, shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { HeadAxis } from '../../viewer/headPose'
import type { ViewEvent, ViewState } from '../viewState'

export type TreeCommand =
  | 'C-arm view'
  | 'next standard view'
  | 'head to the left'
  | 'head to the right'
  | 'chin down'
  | 'chin up'
  | 'head tilted to the left'
  | 'head tilted to the right'
  | 'head as recorded'
  | 'tree over runs'
  | 'tree over runs stronger'
  | 'tree over runs weaker'

export const TREE_KEYS: ShortcutGroup<TreeCommand> = {
  title: 'Artery tree',
  shortcuts: [
    shortcut('C-arm view', 'v', 'As the C-arm of the run sees it'),
    shortcut('next standard view', 'V', 'PA, lateral, transorbital in turn', 'Shift V'),
    shortcut('tree over runs', 'g', 'Outline of the predicted tree over the DSA'),
    repeating(shortcut('tree over runs stronger', '}', 'Outline stronger')),
    repeating(shortcut('tree over runs weaker', '{', 'Outline fainter')),
    repeating(shortcut('head to the left', 'Ctrl+ArrowRight', 'Head turned 1° to its left', 'Ctrl →')),
    repeating(shortcut('head to the right', 'Ctrl+ArrowLeft', '… to its right', 'Ctrl ←')),
    repeating(shortcut('chin up', 'Ctrl+ArrowUp', 'Chin up 1°', 'Ctrl ↑')),
    repeating(shortcut('chin down', 'Ctrl+ArrowDown', 'Chin down 1°', 'Ctrl ↓')),
    repeating(
      shortcut(
        'head tilted to the left',
        'Ctrl+Shift+ArrowRight',
        'Head tilted 1° to its left',
        'Ctrl Shift →',
      ),
    ),
    repeating(
      shortcut('head tilted to the right', 'Ctrl+Shift+ArrowLeft', '… to its right', 'Ctrl Shift ←'),
    ),
    shortcut('head as recorded', 'h', 'Head back as recorded'),
  ],
}

const OPACITY_STEP = 0.1

export function treeCommands(
  { tree }: ViewState,
  dispatch: (event: ViewEvent) => void,
): Record<TreeCommand, () => void> {
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  const turn = (axis: HeadAxis, degrees: number) => send({ type: 'head turned', axis, degrees })
  const strengthen = (by: number) =>
    send({
      type: 'tree over runs opacity set',
      opacity: (tree.overRuns?.opacity ?? 0) + by,
    })
  return {
    'C-arm view': send({ type: 'tree aimed', aim: { from: 'C-arm' } }),
    'next standard view': send({ type: 'standard view stepped' }),
    'tree over runs': send({ type: 'tree over runs toggled' }),
    'tree over runs stronger': strengthen(OPACITY_STEP),
    'tree over runs weaker': strengthen(-OPACITY_STEP),
    // What faces the reader of a frontal view goes the way of the arrow.
    'head to the left': turn('head', 1),
    'head to the right': turn('head', -1),
    'chin up': turn('left', -1),
    'chin down': turn('left', 1),
    'head tilted to the left': turn('posterior', 1),
    'head tilted to the right': turn('posterior', -1),
    'head as recorded': send({ type: 'head put back' }),
  }
}
