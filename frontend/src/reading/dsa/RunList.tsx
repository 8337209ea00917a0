import { describePose, poseOfFrame } from '../../viewer/carm'
import type { RunManifest } from '../../viewer/manifest'
import { keyOf } from '../shortcuts'
import type { ViewEvent } from '../viewState'
import { OpenedDot } from './OpenedDot'
import classes from './dsa.module.css'

interface RunListProps {
  runs: readonly RunManifest[]
  shown: readonly number[]
  slotInUse: number
  openedRuns: ReadonlySet<number>
  dispatch: (event: ViewEvent) => void
}

/** All runs of a case that has more than two: which were viewed, which are on screen. */
export function RunList({ runs, shown, slotInUse, openedRuns, dispatch }: RunListProps) {
  return (
    <div className={classes.list} role="toolbar" aria-label="All runs">
      {runs.map((run, index) => {
        const pose = poseOfFrame(run, 0)
        return (
          <button
            key={run.name}
            type="button"
            className={classes.listed}
            aria-pressed={shown.includes(index)}
            title={`Show ${run.name} in the place in use · ${keyOf('next run')} next`}
            onClick={() => {
              if (shown[slotInUse] !== index) {
                dispatch({ type: 'run chosen', slot: slotInUse, run: index })
              }
            }}
          >
            <OpenedDot opened={openedRuns.has(index)} />
            {run.name}
            {pose && <span>{describePose(pose)}</span>}
          </button>
        )
      })}
      <span className={classes.count}>
        {openedRuns.size} of {runs.length} viewed
      </span>
    </div>
  )
}
