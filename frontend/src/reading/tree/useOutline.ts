import { useMemo } from 'react'
import type { CArmPose } from '../../viewer/carm'
import type { HeadPose } from '../../viewer/headPose'
import { OutlineTracer, type Outline } from '../../viewer/silhouette'
import type { TreeMesh } from '../../viewer/treeMesh'
import { usePredictedTree } from './predictedTree'
import { poseOfRun, viewOfFrame, type FollowedRun } from './runView'

/** A run that turns right round has about as many frames. */
const MOST_KEPT = 200

/** The outline of the tree at a frame; traced once for each position of the C-arm. */
export function useOutline(run: FollowedRun): Outline {
  const { mesh, state } = usePredictedTree()
  const { head } = state
  const { manifest, index } = run
  const outlines = useMemo(
    () => mesh && new OutlinesOfRun(mesh, head, { manifest, index, frame: 0 }),
    [mesh, head, manifest, index],
  )
  return useMemo(() => outlines?.at(run.frame) ?? [], [outlines, run.frame])
}

class OutlinesOfRun {
  private readonly tracer = new OutlineTracer()
  private readonly kept = new Map<string, Outline>()

  constructor(
    private readonly mesh: TreeMesh,
    private readonly head: HeadPose,
    private readonly run: FollowedRun,
  ) {}

  at(frame: number): Outline {
    const run = { ...this.run, frame }
    const key = keyOfPose(poseOfRun(run))
    const known = this.kept.get(key)
    if (known) return known
    const traced = this.tracer.trace(this.mesh, viewOfFrame(run, this.mesh.sphere, this.head))
    if (this.kept.size >= MOST_KEPT) this.kept.clear()
    this.kept.set(key, traced)
    return traced
  }
}

function keyOfPose({ primaryDeg, secondaryDeg }: CArmPose): string {
  return `${primaryDeg} ${secondaryDeg}`
}
