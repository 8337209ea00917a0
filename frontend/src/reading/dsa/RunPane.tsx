import { useEffect, useImperativeHandle, useMemo, type Ref } from 'react'
import type { RunMedia } from '../../viewer/caseMedia'
import { poseOfFrame } from '../../viewer/carm'
import { drawFrame } from '../../viewer/dsa'
import type { RunManifest } from '../../viewer/manifest'
import { proposeShift } from '../../viewer/maskProposal'
import { withEnd, type FrameRange } from '../../viewer/minip'
import { dragWindow } from '../../viewer/windowLevel'
import { PixelCanvas } from '../PixelCanvas'
import { Problem } from '../Problem'
import { TreeOverRun } from '../tree/TreeOverRun'
import type { ViewEvent } from '../viewState'
import { CineBar } from './CineBar'
import { maskInWords, recordedMask, withMaskAt, withMaskFrame, withoutShift } from './maskChoice'
import { MaskBar } from './MaskBar'
import type { RunControl, RunPlayer } from './runControl'
import type { RunsState } from './runsState'
import { RunToolbar } from './RunToolbar'
import { useRunImages } from './useRunImages'
import classes from '../images.module.css'

interface RunPaneProps {
  ref: Ref<RunControl>
  slot: number
  runIndex: number
  run: RunManifest
  media: RunMedia
  problem: string | undefined
  onRetry: () => void
  runs: RunsState
  player: RunPlayer
  inUse: boolean
  opened: boolean
  /** Heard only where the C-arm moved during the run. */
  onFrame: (slot: number, frame: number) => void
  dispatch: (event: ViewEvent) => void
}

/** One run: its tools, its image and its cine. */
export function RunPane(props: RunPaneProps) {
  const { ref, slot, runIndex, run, media, runs, player, inUse, dispatch } = props
  const { onFrame } = props
  const { inverted, projected, proposal } = runs
  const { frame } = player
  const count = run.frames.length
  const images = useRunImages(runIndex, run, media, runs, frame)
  const { canSubtract, mask, maskMean, pixels, subtraction, window, range } = images
  const proposed = proposal?.run === runIndex ? proposal : null

  const setMask = (chosen: typeof mask | undefined) => {
    if (canSubtract) dispatch({ type: 'mask set', run: runIndex, mask: chosen })
  }
  const control: RunControl = {
    slot,
    toggle: player.toggle,
    pause: player.pause,
    isPlaying: () => player.playing,
    step: player.step,
    shiftMask: (by) => {
      if (canSubtract) dispatch({ type: 'mask shifted', run: runIndex, by })
    },
    maskHere: () => {
      setMask(withMaskAt(run, mask, frame))
    },
    proposeShift: () => {
      const shown = media.frames[frame]
      if (proposed?.shift) setMask({ ...mask, proposed: true })
      else if (maskMean && shown) {
        const shift = proposeShift(shown, maskMean, run, mask.shift)
        dispatch({ type: 'mask shift proposed', proposal: { run: runIndex, shift } })
      }
    },
    takeShiftBack: () => {
      if (proposed) dispatch({ type: 'proposal rejected' })
      else setMask(withoutShift(run, mask))
    },
  }
  useImperativeHandle(ref, () => control)
  const armMoves = (run.primaryDeg?.length ?? 0) > 1
  useEffect(() => {
    if (armMoves) onFrame(slot, frame)
  }, [armMoves, onFrame, slot, frame])

  const paint = useMemo(
    () =>
      pixels
        ? (words: Uint32Array) => {
            drawFrame(pixels, subtraction, { window, inverted }, words)
          }
        : null,
    [pixels, subtraction, window, inverted],
  )
  const setWindow = (chosen: typeof window | undefined) => {
    const subtracted = subtraction !== null
    dispatch({ type: 'run window set', run: runIndex, subtracted, window: chosen })
  }
  const setRange = (chosen: FrameRange | undefined) => {
    dispatch({ type: 'range set', run: runIndex, range: chosen })
  }
  const maskBar = canSubtract && (runs.maskTools || proposed !== null)
  const maskChanged = maskInWords(mask) !== maskInWords(recordedMask(run))

  const captions = [
    projected && range && `minIP of frames ${range.first + 1}–${range.last + 1}`,
    maskChanged && subtraction && !maskBar && maskInWords(mask),
  ]

  return (
    <section
      className={classes.run}
      data-pane={`dsa-${slot + 1}`}
      data-in-use={inUse || undefined}
      aria-label={run.name}
    >
      <RunToolbar
        run={run}
        pose={poseOfFrame(run, frame)}
        runs={runs}
        opened={props.opened}
        canSubtract={canSubtract}
        windowChosen={images.windowChosen}
        onProposedWindow={() => {
          setWindow(undefined)
        }}
        dispatch={dispatch}
      >
        {maskBar && (
          <MaskBar
            name={run.name}
            mask={mask}
            changed={maskChanged}
            holdsFrame={mask.frames.includes(frame)}
            proposal={proposed}
            control={control}
            onFrameToggled={() => {
              setMask(withMaskFrame(mask, frame))
            }}
            onRecorded={() => {
              setMask(undefined)
            }}
          />
        )}
      </RunToolbar>
      <PixelCanvas
        testId={`dsa-${slot + 1}`}
        label={
          projected && range
            ? `${run.name}, minIP of frames ${range.first + 1} to ${range.last + 1}`
            : `${run.name}, frame ${frame + 1} of ${count}`
        }
        columns={run.columns}
        rows={run.rows}
        paint={paint}
        zoom={runs.zoom}
        onZoom={(zoom) => {
          dispatch({ type: 'runs zoomed', zoom })
        }}
        gestures={{
          onUse: () => {
            dispatch({ type: 'run used', slot })
          },
          onDrag: (dx, dy) => {
            setWindow(dragWindow(window, dx, dy))
          },
          onWheel: (steps) => {
            player.step(-steps)
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
            {!images.complete && !props.problem && (
              <span className={classes.loading}>
                {media.loaded} of {count} frames
              </span>
            )}
            <span className={classes.caption}>
              {captions.filter(Boolean).join(' · ')}
            </span>
          </>
        )}
      </PixelCanvas>
      <CineBar
        runIndex={runIndex}
        run={run}
        runs={runs}
        player={player}
        range={range}
        onRangeEnd={(end) => {
          const former = images.findRange()
          if (former) setRange(withEnd(former, end, frame))
        }}
        onProposedRange={() => {
          setRange(undefined)
        }}
        dispatch={dispatch}
      />
    </section>
  )
}
