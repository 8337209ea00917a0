import { shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { ViewEvent, ViewState } from '../viewState'

export type TreeCommand = 'C-arm view'

export const TREE_KEYS: ShortcutGroup<TreeCommand> = {
  title: 'Artery tree',
  shortcuts: [shortcut('C-arm view', 'v', 'As the C-arm of the run sees it')],
}

export function treeCommands(
  _view: ViewState,
  dispatch: (event: ViewEvent) => void,
): Record<TreeCommand, () => void> {
  return {
    'C-arm view': () => {
      dispatch({ type: 'tree aimed', aim: { from: 'C-arm' } })
    },
  }
}
