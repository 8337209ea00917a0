import {
  IconContrast,
  IconLayersSubtract,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBack,
  IconPlayerSkipForward,
} from '@tabler/icons-react'
import { useCallback, useEffect, useImperativeHandle, type Ref } from 'react'
import type { RunManifest } from '../../viewer/manifest'
import { describePose, poseOfFrame } from '../../viewer/carm'
import type { RunMedia } from '../../viewer/caseMedia'
import { formatTime } from '../../viewer/cine'
import { drawFrame } from '../../viewer/dsa'
import type { ImageZoom } from '../../viewer/fit'
import { dragWindow } from '../../viewer/windowLevel'
import { PixelCanvas } from '../PixelCanvas'
import { Problem } from '../Problem'
import { Tool } from '../Tool'
import { TreeOverRun } from '../tree/TreeOverRun'
import { useCinePlayer } from './useCinePlayer'
import { frameToShow, useRunImages } from './useRunImages'
import type { ViewEvent } from '../viewState'
import classes from '../images.module.css'

/** What the keys of the page can ask of a run. */
export interface RunControl {
  toggle: () => void
  step: (steps: number) => void
  pause: () => void
  isPlaying: () => boolean
}

interface RunPaneProps {
  ref: Ref<RunControl>
  slot: number
  runIndex: number
  runs: readonly RunManifest[]
  run: RunManifest
  media: RunMedia
  problem: string | undefined
  onRetry: () => void
  subtracted: boolean
  inverted: boolean
  zoom: ImageZoom
  inUse: boolean
  openedRuns: ReadonlySet<number>
  /** The run was played or paged through. */
  onOpened: () => void
  /** Heard only where the C-arm moved during the run. */
  onFrame: (slot: number, frame: number) => void
  dispatch: (event: ViewEvent) => void
}

/** Contrast has usually reached the arteries by this share of a run. */
const FIRST_LOOK = 0.4

export function RunPane(props: RunPaneProps) {
  const { ref, slot, run, media, subtracted, inverted, inUse, dispatch } = props
  const { onFrame } = props
  const count = run.frames.length
  const player = useCinePlayer(run.frameStartsMs, Math.floor(count * FIRST_LOOK))
  const images = useRunImages(run, media, subtracted)
  const { subtraction, window, complete } = images
  const { frame, playing } = player
  const pixels = images.showable ? frameToShow(media.frames, frame) : undefined

  const toggle = () => {
    props.onOpened()
    player.toggle()
  }
  const step = (steps: number) => {
    props.onOpened()
    player.step(steps)
  }
  useImperativeHandle(ref, () => ({
    toggle,
    step,
    pause: player.pause,
    isPlaying: () => playing,
  }))
  const armMoves = (run.primaryDeg?.length ?? 0) > 1
  useEffect(() => {
    if (armMoves) onFrame(slot, frame)
  }, [armMoves, onFrame, slot, frame])

  const paint = useCallback(
    (words: Uint32Array) => {
      if (pixels) drawFrame(pixels, subtraction, { window, inverted }, words)
    },
    [pixels, subtraction, window, inverted],
  )
  const pose = poseOfFrame(run, frame)
  const use = () => {
    dispatch({ type: 'run used', slot })
  }

  return (
    <section
      className={classes.run}
      data-pane={`dsa-${slot + 1}`}
      data-in-use={inUse || undefined}
      aria-label={run.name}
    >
      <div className={classes.toolbar} role="toolbar" aria-label={`${run.name}: display`}>
        <RunName {...props} />
        <span className={classes.reading}>{pose ? describePose(pose) : 'angles not recorded'}</span>
        <span className={classes.spacer} />
        <Tool
          icon={IconLayersSubtract}
          words={subtractionInWords(run, images.canSubtract)}
          command="subtract"
          pressed={subtracted && images.canSubtract}
          disabled={!images.canSubtract}
          onClick={() => {
            dispatch({ type: 'subtraction toggled' })
          }}
        />
        <Tool
          icon={IconContrast}
          words="Invert grey"
          command="invert"
          pressed={inverted}
          onClick={() => {
            dispatch({ type: 'inversion toggled' })
          }}
        />
      </div>
      <PixelCanvas
        testId={`dsa-${slot + 1}`}
        label={`${run.name}, frame ${frame + 1} of ${count}`}
        columns={run.columns}
        rows={run.rows}
        paint={paint}
        zoom={props.zoom}
        onZoom={(zoom) => {
          dispatch({ type: 'runs zoomed', zoom })
        }}
        gestures={{
          onUse: use,
          onDrag: (dx, dy) => {
            images.setWindow(dragWindow(window, dx, dy))
          },
          onWheel: (steps) => {
            step(-steps)
          },
          onDoubleClick: () => {
            dispatch({ type: 'enlarged', side: 'right' })
          },
        }}
      >
        {(rect) => (
          <>
            <TreeOverRun {...{ run, runIndex: props.runIndex, slot, frame, rect }} />
            {props.problem && <Problem message={props.problem} onRetry={props.onRetry} />}
            {!complete && !props.problem && (
              <span className={classes.loading}>
                {media.loaded} of {count} frames
              </span>
            )}
          </>
        )}
      </PixelCanvas>
      <div className={classes.toolbar} role="toolbar" aria-label={`${run.name}: cine`}>
        <Tool
          icon={IconPlayerSkipBack}
          words="Previous frame"
          command="previous frame"
          onClick={() => {
            step(-1)
          }}
        />
        <Tool
          icon={playing ? IconPlayerPauseFilled : IconPlayerPlayFilled}
          words={playing ? 'Pause' : 'Play'}
          command="play"
          onClick={toggle}
        />
        <Tool
          icon={IconPlayerSkipForward}
          words="Next frame"
          command="next frame"
          onClick={() => {
            step(1)
          }}
        />
        <input
          type="range"
          className={classes.frames}
          aria-label={`${run.name}: frame`}
          aria-valuetext={`Frame ${frame + 1} of ${count}`}
          min={0}
          max={count - 1}
          value={frame}
          onChange={(event) => {
            props.onOpened()
            player.seek(event.target.valueAsNumber)
          }}
        />
        <span className={classes.time}>
          {frame + 1} / {count} · {formatTime(run.frameStartsMs[frame] ?? 0)}
        </span>
      </div>
    </section>
  )
}

function subtractionInWords(run: RunManifest, canSubtract: boolean): string {
  if (canSubtract) return 'Subtracted'
  return run.alreadySubtracted ? 'Subtracted before it was stored' : 'No mask to subtract'
}

/** The run's name; where there are more runs than places on screen, a choice. */
function RunName({ slot, runIndex, runs, run, openedRuns, dispatch }: RunPaneProps) {
  const opened = openedRuns.has(runIndex)
  const state = opened ? 'Viewed' : 'Not viewed yet: play it or page through it'
  return (
    <>
      <span
        className={classes.dot}
        data-opened={opened || undefined}
        role="img"
        aria-label={state}
        title={state}
      />
      {runs.length <= 2 ? (
        <strong className={classes.runName}>{run.name}</strong>
      ) : (
        <select
          className={classes.runName}
          aria-label={`Run shown in place ${slot + 1}`}
          value={runIndex}
          onChange={(event) => {
            dispatch({ type: 'run chosen', slot, run: Number(event.target.value) })
          }}
        >
          {runs.map(({ name }, index) => (
            <option key={name} value={index}>
              {openedRuns.has(index) ? name : `${name} (not viewed)`}
            </option>
          ))}
        </select>
      )}
    </>
  )
}
