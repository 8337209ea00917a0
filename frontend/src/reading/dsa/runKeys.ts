import { repeating, shortcut, type ShortcutGroup } from '../../keyboard/shortcutTable'
import type { ViewEvent, ViewState } from '../viewState'
import type { RunControl } from './RunPane'

export type RunCommand =
  'play' | 'next frame' | 'previous frame' | 'subtract' | 'invert' | 'other run'

export const RUN_KEYS: ShortcutGroup<RunCommand> = {
  title: 'DSA',
  shortcuts: [
    shortcut('play', ' ', 'Play or pause', 'Space'),
    repeating(shortcut('next frame', 'ArrowRight', 'Next frame', '→')),
    repeating(shortcut('previous frame', 'ArrowLeft', 'Previous frame', '←')),
    shortcut('subtract', 's', 'Subtracted or native'),
    shortcut('invert', 'i', 'Invert grey'),
    shortcut('other run', 'x', 'Change to the other run'),
  ],
}

export function runCommands(
  { right, runs }: ViewState,
  dispatch: (event: ViewEvent) => void,
  bothRuns: (command: (run: RunControl) => void) => void,
): Record<RunCommand, () => void> {
  const stepFrames = (steps: number) => () => {
    bothRuns((run) => {
      run.step(steps)
    })
  }
  return {
    play: () => {
      bothRuns((run) => {
        run.toggle()
      })
    },
    'next frame': stepFrames(1),
    'previous frame': stepFrames(-1),
    subtract: () => {
      dispatch({ type: 'subtraction toggled' })
    },
    invert: () => {
      dispatch({ type: 'inversion toggled' })
    },
    'other run': () => {
      dispatch({ type: 'run used', slot: (right.inUse + 1) % Math.max(1, runs.shown.length) })
    },
  }
}
