import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { formatTime } from '../../viewer/cine'
import type { RunManifest } from '../../viewer/manifest'
import { withEnd, type FrameRange } from '../../viewer/minip'
import { Tool } from '../Tool'
import type { ViewEvent } from '../viewState'
import { CineMenu } from './CineMenu'
import { FrameSlider } from './FrameSlider'
import type { RunPlayer } from './RunPane'
import type { RunsState } from './runsState'
import classes from '../images.module.css'

interface CineBarProps {
  runIndex: number
  run: RunManifest
  runs: RunsState
  player: RunPlayer
  /** Of the minimum intensity projection; null until it was asked for. */
  range: FrameRange | null
  dispatch: (event: ViewEvent) => void
}

/** Playing, stepping and where in the run the image is. */
export function CineBar({ runIndex, run, runs, player, range, dispatch }: CineBarProps) {
  const { frame, playing } = player
  const count = run.frames.length
  const setRange = (chosen: FrameRange | undefined) => {
    dispatch({ type: 'range set', run: runIndex, range: chosen })
  }
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={`${run.name}: cine`}>
      <Tool
        icon={IconPlayerSkipBack}
        words="Previous frame"
        command="previous frame"
        onClick={() => {
          player.step(-1)
        }}
      />
      <Tool
        icon={playing ? IconPlayerPauseFilled : IconPlayerPlayFilled}
        words={playing ? 'Pause' : 'Play'}
        command="play"
        onClick={player.toggle}
      />
      <Tool
        icon={IconPlayerSkipForward}
        words="Next frame"
        command="next frame"
        onClick={() => {
          player.step(1)
        }}
      />
      <FrameSlider
        name={run.name}
        frame={frame}
        count={count}
        range={range}
        onFrame={player.seek}
      />
      <CineMenu
        name={run.name}
        runs={runs}
        rangeChosen={runs.choices[runIndex]?.range !== undefined}
        onRangeEnd={(end) => {
          setRange(withEnd(range ?? { first: frame, last: frame }, end, frame))
        }}
        onProposedRange={() => {
          setRange(undefined)
        }}
        dispatch={dispatch}
      />
      <span className={classes.time}>
        {frame + 1} / {count} · {formatTime(run.frameStartsMs[frame] ?? 0)}
      </span>
    </div>
  )
}
