import { repeating, shortcut, type ShortcutGroup } from '../keyboard/shortcutTable'
import { ctCommands, type CtCommand } from './ct/ctKeys'
import { runCommands, type RunCommand } from './dsa/runKeys'
import type { RunControl } from './dsa/runControl'
import { treeCommands, type TreeCommand } from './tree/treeKeys'
import type { ViewEvent, ViewState } from './viewState'

type PaneCommand = 'next view' | 'enlarge' | 'larger' | 'smaller' | 'fit' | 'reset'

/** What the keys do that change only how the images are looked at. */
export type ViewCommand = CtCommand | TreeCommand | RunCommand | PaneCommand

export const PANE_KEYS: ShortcutGroup<PaneCommand> = {
  title: 'View',
  shortcuts: [
    shortcut('next view', 'p', 'Change to the next plane, or the tree'),
    shortcut('enlarge', 'f', 'Enlarge the view in use, or go back'),
    // One key on most keyboards; "+" asks for Shift on some of them.
    { ...repeating(shortcut('larger', '+', 'Zoom in (Ctrl and wheel)')), keys: ['+', '='] },
    repeating(shortcut('smaller', '-', 'Zoom out', '−')),
    shortcut('fit', 'z', 'Fit the view in use'),
    shortcut('reset', 'r', 'Reset all views'),
  ],
}

export function viewCommands(
  view: ViewState,
  dispatch: (event: ViewEvent) => void,
  bothRuns: (command: (run: RunControl) => void) => void,
): Record<ViewCommand, () => void> {
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  return {
    ...ctCommands(view, dispatch),
    ...treeCommands(view, dispatch),
    ...runCommands(view, dispatch, bothRuns),
    'next view': send({ type: 'left pane stepped' }),
    enlarge: send({ type: 'enlarged', side: view.sideInUse }),
    larger: send({ type: 'zoom stepped', steps: 1 }),
    smaller: send({ type: 'zoom stepped', steps: -1 }),
    fit: send({ type: 'fitted' }),
    reset: send({ type: 'reset' }),
  }
}
