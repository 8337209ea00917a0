import type { RefObject } from 'react'
import type { MediaManifest } from '../../viewer/manifest'
import type { MediaState, Part } from '../../viewer/caseMedia'
import { RunPane, type RunControl } from './RunPane'
import type { ViewEvent, ViewState } from '../viewState'
import classes from '../images.module.css'

interface RunSideProps {
  manifest: MediaManifest
  media: MediaState
  retry: (part: Part) => void
  view: ViewState
  controls: readonly RefObject<RunControl | null>[]
  openedRuns: ReadonlySet<number>
  onOpened: (run: number) => void
  onFrame: (slot: number, frame: number) => void
  dispatch: (event: ViewEvent) => void
}

/** The right half: one or two DSA runs beside each other. */
export function RunSide(props: RunSideProps) {
  const { manifest, media, retry, view, controls, openedRuns, onOpened, onFrame, dispatch } = props
  const { runs } = manifest
  if (runs.length === 0) {
    return <p className={classes.noRuns}>There is no DSA for this case.</p>
  }
  return (
    <div
      className={classes.runSide}
      data-enlarged={view.right.enlarged ? `dsa-${view.right.inUse + 1}` : undefined}
    >
      {view.runs.shown.map((runIndex, slot) => {
        const run = runs[runIndex]
        const runMedia = media.runs[runIndex]
        if (!run || !runMedia) return null
        return (
          <RunPane
            key={`${slot} ${runIndex} ${view.resets}`}
            ref={controls[slot] ?? null}
            slot={slot}
            runIndex={runIndex}
            runs={runs}
            run={run}
            media={runMedia}
            problem={media.problems[`run ${runIndex}`]}
            onRetry={() => {
              retry(`run ${runIndex}`)
            }}
            subtracted={view.runs.subtracted}
            inverted={view.runs.inverted}
            zoom={view.runs.zoom}
            inUse={view.right.inUse === slot}
            openedRuns={openedRuns}
            onOpened={() => {
              onOpened(runIndex)
            }}
            onFrame={onFrame}
            dispatch={dispatch}
          />
        )
      })}
    </div>
  )
}
