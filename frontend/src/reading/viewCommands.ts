import type { RunControl } from './RunPane'
import type { Command } from './shortcuts'
import type { ViewEvent, ViewState } from './viewState'

/** What the keys do that change only how the images are looked at. */
export type ViewCommand = Exclude<
  Command,
  'submit' | 'unscorable' | 'comment' | 'items' | 'anchors' | 'pause' | 'help'
>

export function viewCommands(
  view: ViewState,
  dispatch: (event: ViewEvent) => void,
  bothRuns: (command: (run: RunControl) => void) => void,
): Record<ViewCommand, () => void> {
  const stepSlices = (steps: number) => () => {
    dispatch({ type: 'slices stepped', plane: view.plane, steps })
  }
  const strengthenOverlay = (by: number) => () => {
    dispatch({ type: 'overlay opacity set', opacity: view.overlay.opacity + by })
  }
  const send = (event: ViewEvent) => () => {
    dispatch(event)
  }
  const stepFrames = (steps: number) => () => {
    bothRuns((run) => {
      run.step(steps)
    })
  }
  return {
    'next window': send({ type: 'window stepped', steps: 1 }),
    'previous window': send({ type: 'window stepped', steps: -1 }),
    overlay: send({ type: 'overlay toggled' }),
    'overlay stronger': strengthenOverlay(0.1),
    'overlay weaker': strengthenOverlay(-0.1),
    'slice up': stepSlices(1),
    'slice down': stepSlices(-1),
    'five slices up': stepSlices(5),
    'five slices down': stepSlices(-5),
    play: () => {
      bothRuns((run) => {
        run.toggle()
      })
    },
    'next frame': stepFrames(1),
    'previous frame': stepFrames(-1),
    subtract: send({ type: 'subtraction toggled' }),
    invert: send({ type: 'inversion toggled' }),
    'other run': send({
      type: 'run used',
      slot: (view.right.inUse + 1) % Math.max(1, view.runs.length),
    }),
    'C-arm view': send({ type: 'tree aimed', aim: { from: 'C-arm' } }),
    'next view': send({ type: 'left pane stepped' }),
    enlarge: send({ type: 'enlarged', side: view.sideInUse }),
    reset: send({ type: 'reset' }),
  }
}
