import { useElementSize } from '@mantine/hooks'
import { IconView360 } from '@tabler/icons-react'
import { useEffect, useMemo, useRef } from 'react'
import type { RunManifest } from '../../viewer/manifest'
import {
  describePose,
  LATERAL,
  poseOfFrame,
  POSTEROANTERIOR,
  turnView,
  viewOfRun,
  viewOfTree,
  type CArmPose,
  type CArmView,
  type Sphere,
} from '../../viewer/carm'
import { letterbox, type Rect } from '../../viewer/fit'
import { Problem } from '../Problem'
import { Tool } from '../Tool'
import { useImageGestures } from '../useImageGestures'
import { useTreeView } from './useTreeView'
import type { ViewEvent } from '../viewState'
import type { TreeAim, TreeState } from './treeState'
import classes from '../images.module.css'

/** The run that the C-arm view follows. */
export interface FollowedRun {
  manifest: RunManifest
  index: number
  frame: number
}

interface TreePaneProps {
  tree: ArrayBuffer | null
  exists: boolean
  problem: string | undefined
  onRetry: () => void
  /** Null for a case without runs. */
  run: FollowedRun | null
  state: TreeState
  inUse: boolean
  dispatch: (event: ViewEvent) => void
  /** The tree is drawn, or it is certain that it cannot be. */
  onSettled: () => void
}

const RADIANS_PER_PIXEL = 0.008

const PRESETS = [
  { name: 'PA', pose: POSTEROANTERIOR },
  { name: 'Lateral', pose: LATERAL },
]

export function TreePane(props: TreePaneProps) {
  const { tree, exists, problem, onRetry, run, state, inUse, dispatch, onSettled } = props
  const { ref: pane, width, height } = useElementSize<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const { drawn, failure } = useTreeView(holder, tree)
  const view = useMemo(
    () => drawn && viewFrom(state.aim, run, drawn.sphere),
    [drawn, state.aim, run],
  )

  useEffect(() => {
    if (!drawn || !view || width === 0 || height === 0) return
    const canvasWidth = Math.round(width * window.devicePixelRatio)
    const canvasHeight = Math.round(height * window.devicePixelRatio)
    const fitted = letterbox(canvasWidth, canvasHeight, view.columns, view.rows)
    const rect = zoomed(fitted, canvasWidth, canvasHeight, state.zoom)
    drawn.view.show(view, { rect, canvasWidth, canvasHeight })
    onSettled()
  }, [drawn, view, width, height, state.zoom, onSettled])
  useEffect(() => {
    if (!exists || failure) onSettled()
  }, [exists, failure, onSettled])

  const gestures = useImageGestures({
    onUse: () => {
      dispatch({ type: 'left pane used', pane: 'tree' })
    },
    onDrag: (dx, dy) => {
      if (!view) return
      const { axes } = turnView(view, dx * RADIANS_PER_PIXEL, dy * RADIANS_PER_PIXEL)
      dispatch({ type: 'tree aimed', aim: { from: 'anywhere', axes } })
    },
    onWheel: (steps) => {
      dispatch({ type: 'tree zoomed', steps })
    },
    onDoubleClick: () => {
      dispatch({ type: 'enlarged', side: 'left' })
    },
  })
  const aimAt = (aim: TreeAim) => {
    dispatch({ type: 'tree aimed', aim })
  }

  return (
    <section
      className={classes.pane}
      data-pane="tree"
      data-in-use={inUse || undefined}
      aria-label="Predicted artery tree"
    >
      <div ref={pane} className={classes.image} {...gestures}>
        <div ref={holder} className={classes.canvas} />
      </div>
      {problem && <Problem message={problem} onRetry={onRetry} />}
      {failure && <Problem message={failure} />}
      {!exists && <Problem message="There is no artery tree for this case." />}
      {exists && !drawn && !problem && !failure && (
        <span className={classes.loading}>Artery tree…</span>
      )}
      <div className={classes.treeTools} role="toolbar" aria-label="Artery tree">
        <Tool
          icon={IconView360}
          words="As the C-arm of the run sees it"
          command="C-arm view"
          pressed={state.aim.from === 'C-arm'}
          onClick={() => {
            aimAt({ from: 'C-arm' })
          }}
        />
        {PRESETS.map(({ name, pose }) => (
          <button
            key={name}
            type="button"
            className={classes.preset}
            aria-pressed={state.aim.from === 'preset' && state.aim.pose === pose}
            onClick={() => {
              aimAt({ from: 'preset', pose })
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <span className={classes.caption}>{caption(state.aim, run)}</span>
    </section>
  )
}

function viewFrom(aim: TreeAim, run: FollowedRun | null, tree: Sphere): CArmView {
  const pose = aim.from === 'preset' ? aim.pose : run ? poseOfRun(run) : POSTEROANTERIOR
  const view = run ? viewOfRun(run.manifest, pose, tree) : viewOfTree(pose, tree)
  return aim.from === 'anywhere' ? { ...view, axes: aim.axes } : view
}

/** The recorded angles; where there are none, first runs are taken as PA and second as lateral. */
function poseOfRun({ manifest, index, frame }: FollowedRun): CArmPose {
  return poseOfFrame(manifest, frame) ?? (index % 2 === 0 ? POSTEROANTERIOR : LATERAL)
}

function caption(aim: TreeAim, run: FollowedRun | null): string {
  if (aim.from === 'anywhere') return 'Turned by hand'
  if (aim.from === 'preset') return describePose(aim.pose)
  if (!run) return 'PA'
  const assumed = poseOfFrame(run.manifest, run.frame) ? '' : ' (assumed)'
  return `C-arm of ${run.manifest.name}: ${describePose(poseOfRun(run))}${assumed}`
}

function zoomed(rect: Rect, canvasWidth: number, canvasHeight: number, zoom: number): Rect {
  const width = rect.width * zoom
  const height = rect.height * zoom
  return { x: (canvasWidth - width) / 2, y: (canvasHeight - height) / 2, width, height }
}
