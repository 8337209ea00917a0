import { useEffect, useMemo, useRef } from 'react'
import { viewOfRun } from '../../viewer/carm'
import type { Rect } from '../../viewer/fit'
import { moveOnDetector } from '../../viewer/headPose'
import type { RunManifest } from '../../viewer/manifest'
import { drawOutline } from './drawOutline'
import { OutlineTools } from './OutlineTools'
import { usePredictedTree } from './predictedTree'
import { assumedOf, poseOfRun } from './runView'
import { useOutline } from './useOutline'
import own from './tree.module.css'

interface TreeOverRunProps {
  run: RunManifest
  runIndex: number
  slot: number
  frame: number
  /** Where the frame lies in the pane, CSS pixels. */
  rect: Rect
}

/** The predicted tree as an outline over a run, as the run's C-arm would have seen it. */
export function TreeOverRun(props: TreeOverRunProps) {
  const { mesh, state } = usePredictedTree()
  if (!mesh || !state.overRuns?.shown) return null
  // The outline changes with the frame only while the C-arm moves.
  const moves = (props.run.primaryDeg?.length ?? 0) > 1
  return <ShownOverRun {...props} frame={moves ? props.frame : 0} />
}

function ShownOverRun({ run, runIndex, slot, frame, rect }: TreeOverRunProps) {
  const { mesh, state, dispatch } = usePredictedTree()
  const followed = useMemo(() => ({ manifest: run, index: runIndex, frame }), [run, runIndex, frame])
  const outline = useOutline(followed)
  const canvas = useRef<HTMLCanvasElement>(null)
  const { x, y, width, height } = rect
  useEffect(() => {
    if (canvas.current) drawOutline(canvas.current, outline, run, { x, y, width, height })
  }, [outline, run, x, y, width, height])
  const opacity = state.overRuns?.opacity ?? 1
  return (
    <>
      <canvas
        ref={canvas}
        className={own.outline}
        style={{ opacity }}
        data-testid={`tree-over-dsa-${slot + 1}`}
        role="img"
        aria-label={`Outline of the predicted tree over ${run.name}`}
      />
      <OutlineTools
        name={run.name}
        opacity={opacity}
        assumed={assumedOf(followed)}
        onOpacity={(chosen) => {
          dispatch({ type: 'tree over runs opacity set', opacity: chosen })
        }}
        onHide={() => {
          dispatch({ type: 'tree over runs toggled' })
        }}
        onMove={(dx, dy) => {
          if (!mesh) return
          const view = viewOfRun(run, poseOfRun(followed), mesh.sphere)
          const columns = (dx * run.columns) / width
          const rows = (dy * run.rows) / height
          dispatch({ type: 'head moved', by: moveOnDetector(view, columns, rows) })
        }}
      />
    </>
  )
}
