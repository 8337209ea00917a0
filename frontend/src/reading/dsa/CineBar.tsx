import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { formatTime } from '../../viewer/cine'
import type { RunManifest } from '../../viewer/manifest'
import type { FrameRange } from '../../viewer/minip'
import { Tool } from '../Tool'
import type { ViewEvent } from '../viewState'
import { CineMenu } from './CineMenu'
import { FrameSlider } from './FrameSlider'
import type { RunPlayer } from './runControl'
import type { RunsState } from './runsState'
import classes from '../images.module.css'

interface CineBarProps {
  runIndex: number
  run: RunManifest
  runs: RunsState
  player: RunPlayer
  /** Of the minimum intensity projection; null until it was asked for. */
  range: FrameRange | null
  onRangeEnd: (end: 'first' | 'last') => void
  onProposedRange: () => void
  dispatch: (event: ViewEvent) => void
}

/** Playing, stepping and where in the run the image is. */
export function CineBar(props: CineBarProps) {
  const { runIndex, run, runs, player, range, dispatch } = props
  const { frame, playing } = player
  const count = run.frames.length
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
        onRangeEnd={props.onRangeEnd}
        onProposedRange={props.onProposedRange}
        dispatch={dispatch}
      />
      <span className={classes.time}>
        {frame + 1} / {count} · {formatTime(run.frameStartsMs[frame] ?? 0)}
      </span>
    </div>
  )
}
