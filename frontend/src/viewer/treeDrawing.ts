/** Something that draws the artery tree into a canvas of its own. */
import type { CArmView, Placement } from './carm'
import type { TreeMesh } from './treeMesh'

export interface TreeDrawing {
  readonly canvas: HTMLCanvasElement
  load(mesh: TreeMesh): void
  /** Draw the tree so that the detector of `view` fills `placement.rect` (canvas pixels). */
  show(view: CArmView, placement: Placement): void
  dispose(): void
}
