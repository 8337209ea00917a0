import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react'
import {
  describePose,
  poseOfFrame,
  POSTEROANTERIOR,
  projectPoint,
  turnView,
  viewOfRun,
  viewOfTree,
  type CArmView,
  type Placement,
  type Sphere,
} from '../../viewer/carm'
import { canvasPoint, zoomedRect } from '../../viewer/fit'
import { describeHead } from '../../viewer/headPose'
import { PaintedTree } from '../../viewer/paintedTree'
import { arteryBehind, pointOfVoxel, TreePicker, type ChosenArtery } from '../../viewer/treePick'
import { scale } from '../../viewer/vector'
import { Problem } from '../Problem'
import { useSize } from '../useSize'
import { useImageGestures } from '../useImageGestures'
import { usePredictedTree } from './predictedTree'
import { poseOfRun, viewOfFrame, type FollowedRun } from './runView'
import type { TreeState } from './treeState'
import { TreeTools } from './TreeTools'
import classes from '../images.module.css'
import own from './tree.module.css'

interface TreePaneProps {
  exists: boolean
  problem: string | undefined
  onRetry: () => void
  /** Null for a case without runs. */
  run: FollowedRun | null
  inUse: boolean
  /** The tree is drawn, or it is certain that it cannot be. */
  onSettled: () => void
}

const RADIANS_PER_PIXEL = 0.008

interface Hovered {
  x: number
  y: number
  name: string
}

export function TreePane({ exists, problem, onRetry, run, inUse, onSettled }: TreePaneProps) {
  const { mesh, damaged, state, view: all, volume, labels, names, dispatch } = usePredictedTree()
  const { ref: pane, width, height } = useSize<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const [picture] = useState(() => new PaintedTree())
  const view = useMemo(() => mesh && viewFrom(state, run, mesh.sphere), [mesh, state, run])
  const placement = useMemo(
    () => (view && width > 0 && height > 0 ? placed(view, width, height, state.zoom) : null),
    [view, width, height, state.zoom],
  )

  useEffect(() => {
    holder.current?.append(picture.canvas)
  }, [picture])
  useEffect(() => {
    if (!mesh || !view || !placement) return
    const ratio = window.devicePixelRatio
    picture.show(mesh, view, placed(view, width * ratio, height * ratio, state.zoom))
    onSettled()
  }, [picture, mesh, view, placement, width, height, state.zoom, onSettled])
  useEffect(() => {
    if (!exists || damaged) onSettled()
  }, [exists, damaged, onSettled])

  const picker = useRef<TreePicker>(null)
  const arteryAt = (x: number, y: number): ChosenArtery | null => {
    if (!mesh || !view || !placement) return null
    picker.current ??= new TreePicker()
    const point = picker.current.pick(mesh, view, placement, x, y)
    return point && arteryBehind(volume, labels, point, scale(view.axes.detector, -1))
  }
  const [hovered, setHovered] = useState<Hovered | null>(null)
  const hover = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 0 || Object.keys(names).length === 0) {
      setHovered(null)
      return
    }
    const box = event.currentTarget.getBoundingClientRect()
    const x = event.clientX - box.left
    const y = event.clientY - box.top
    const name = names[arteryAt(x, y)?.label ?? 0]
    setHovered(name === undefined ? null : { x, y, name })
  }

  const gestures = useImageGestures({
    onUse: () => {
      dispatch({ type: 'left pane used', pane: 'tree' })
    },
    onClick: (x, y) => {
      const artery = arteryAt(x, y)
      if (!artery) return
      dispatch({ type: 'voxel chosen', plane: all.ct.plane, voxel: artery.voxel })
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

  return (
    <section
      className={classes.pane}
      data-pane="tree"
      data-in-use={inUse || undefined}
      aria-label="Predicted artery tree"
    >
      <div
        ref={pane}
        className={classes.image}
        {...gestures}
        onPointerMove={(event) => {
          gestures.onPointerMove(event)
          hover(event)
        }}
        onPointerLeave={() => {
          setHovered(null)
        }}
      >
        <div ref={holder} className={classes.canvas} />
        {view && placement && (
          <Crosshair
            {...placeOf(pointOfVoxel(volume, all.ct.voxel), view, placement)}
            label="Where the crosshair of the CT lies"
          />
        )}
        {hovered && (
          <span className={own.arteryName} style={{ left: hovered.x + 12, top: hovered.y + 12 }}>
            {hovered.name}
          </span>
        )}
      </div>
      {problem && <Problem message={problem} onRetry={onRetry} />}
      {damaged && (
        <Problem message="The artery tree cannot be drawn. CT and DSA work as usual." />
      )}
      {!exists && <Problem message="There is no artery tree for this case." />}
      {exists && !mesh && !problem && !damaged && (
        <span className={classes.loading}>Artery tree…</span>
      )}
      <TreeTools />
      <span className={classes.caption}>{caption(state, run)}</span>
    </section>
  )
}

/** A small ring that leaves the artery itself free. */
function Crosshair({ x, y, label }: { x: number; y: number; label: string }) {
  return (
    <svg className={classes.crosshair} role="img" aria-label={label}>
      <circle className={own.ring} cx={x} cy={y} r={7} />
    </svg>
  )
}

function viewFrom({ aim, head }: TreeState, run: FollowedRun | null, tree: Sphere): CArmView {
  if (aim.from === 'C-arm' && run) return viewOfFrame(run, tree, head)
  const pose = aim.from === 'preset' ? aim.pose : run ? poseOfRun(run) : POSTEROANTERIOR
  const view = run ? viewOfRun(run.manifest, pose, tree) : viewOfTree(pose, tree)
  return aim.from === 'anywhere' ? { ...view, axes: aim.axes } : view
}

function caption({ aim, head }: TreeState, run: FollowedRun | null): string {
  if (aim.from === 'anywhere') return 'Turned by hand'
  if (aim.from === 'preset') return describePose(aim.pose)
  if (!run) return 'PA'
  const known = poseOfFrame(run.manifest, run.frame)
  const words = known ? describePose(known) : 'angles not known, seen from PA'
  const pose = `C-arm of ${run.manifest.name}: ${words}`
  return [pose, describeHead(head)].filter(Boolean).join(' · ')
}

/** Where the detector lies on a canvas of about that size. */
function placed(view: CArmView, width: number, height: number, zoom: number): Placement {
  const canvasWidth = Math.round(width)
  const canvasHeight = Math.round(height)
  const middle = { scale: zoom, x: 0.5, y: 0.5 }
  const rect = zoomedRect(canvasWidth, canvasHeight, view.columns, view.rows, middle)
  return { rect, canvasWidth, canvasHeight }
}

function placeOf(point: Parameters<typeof projectPoint>[1], view: CArmView, { rect }: Placement) {
  const { column, row } = projectPoint(view, point)
  return canvasPoint(rect, view.columns, view.rows, column, row)
}
