import type { RefObject } from 'react'
import type { MediaState, Part } from '../../viewer/caseMedia'
import type { MediaManifest } from '../../viewer/manifest'
import type { ViewEvent, ViewState } from '../viewState'
import { RunList } from './RunList'
import type { RunControl } from './runControl'
import { RunPane } from './RunPane'
import { useCinePlayer, type PlayedRun } from './useCinePlayer'
import { useMaskUses } from './useMaskUses'
import classes from '../images.module.css'
import dsa from './dsa.module.css'

interface RunSideProps {
  manifest: MediaManifest
  media: MediaState
  retry: (part: Part) => void
  view: ViewState
  controls: readonly RefObject<RunControl | null>[]
  openedRuns: ReadonlySet<number>
  /** A run was played or paged through. */
  onOpened: (run: number) => void
  onFrame: (slot: number, frame: number) => void
  dispatch: (event: ViewEvent) => void
}

/** The right half: one or two DSA runs beside each other, and the list where there are more. */
export function RunSide(props: RunSideProps) {
  const { manifest, view } = props
  const { runs } = manifest
  useMaskUses(runs, view.runs.choices)
  if (runs.length === 0) {
    return <p className={classes.noRuns}>There is no DSA for this case.</p>
  }
  return (
    <div className={dsa.side}>
      {runs.length > 2 && (
        <RunList
          runs={runs}
          shown={view.runs.shown}
          slotInUse={view.right.inUse}
          openedRuns={props.openedRuns}
          dispatch={props.dispatch}
        />
      )}
      <ShownRuns key={view.resets} {...props} />
    </div>
  )
}

/** Contrast has usually reached the arteries by this share of a run. */
const FIRST_LOOK = 0.4

const firstFrame = ({ frameStartsMs }: PlayedRun) => Math.floor(frameStartsMs.length * FIRST_LOOK)

function ShownRuns(props: RunSideProps) {
  const { manifest, media, retry, view, controls, openedRuns, onOpened, onFrame, dispatch } = props
  const shown = view.runs.shown.flatMap((index) => {
    const run = manifest.runs[index]
    const runMedia = media.runs[index]
    if (!run || !runMedia) return []
    return { index, run, media: runMedia, frameStartsMs: run.frameStartsMs }
  })
  const { speed, loop } = view.runs
  const player = useCinePlayer(shown, { speed, loop, firstFrame })
  const moveOn = (opened: readonly PlayedRun[]) => {
    for (const { index } of opened) onOpened(index)
    dispatch({ type: 'frames moved on' })
  }
  return (
    <div
      className={classes.runSide}
      data-enlarged={view.right.enlarged ? `dsa-${view.right.inUse + 1}` : undefined}
    >
      {shown.map((one, slot) => (
        <RunPane
          key={`${slot} ${one.index}`}
          ref={controls[slot] ?? null}
          slot={slot}
          runIndex={one.index}
          run={one.run}
          media={one.media}
          problem={media.problems[`run ${one.index}`]}
          onRetry={() => {
            retry(`run ${one.index}`)
          }}
          runs={view.runs}
          player={{
            frame: player.frameOf(one),
            playing: player.playing,
            toggle: () => {
              if (!player.playing) moveOn(shown)
              player.toggle(one)
            },
            pause: player.pause,
            step: (steps) => {
              moveOn([one])
              player.step(one, steps)
            },
            seek: (frame) => {
              moveOn([one])
              player.seek(one, frame)
            },
          }}
          inUse={view.right.inUse === slot}
          opened={openedRuns.has(one.index)}
          onFrame={onFrame}
          dispatch={dispatch}
        />
      ))}
    </div>
  )
}
