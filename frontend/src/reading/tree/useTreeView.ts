import { useEffect, useState, type RefObject } from 'react'
import type { Sphere } from '../../viewer/carm'
import type { TreeView } from '../../viewer/treeView'

export interface DrawnTree {
  view: TreeView
  /** The sphere around the tree. */
  sphere: Sphere
}

/** Puts a 3D view of the tree into `holder`; says why where that cannot be. */
export function useTreeView(
  holder: RefObject<HTMLElement | null>,
  tree: ArrayBuffer | null,
): { drawn: DrawnTree | null; failure: string } {
  const [drawn, setDrawn] = useState<DrawnTree | null>(null)
  const [failure, setFailure] = useState('')

  useEffect(() => {
    // The drawing code comes along with the tree, not after it; a failure shows when it is used.
    import('../../viewer/treeView').catch(() => undefined)
  }, [])
  useEffect(() => {
    if (!tree) return
    let left = false
    const isLeft = () => left
    let view: TreeView | null = null

    async function draw(glb: ArrayBuffer) {
      const viewer = await import('../../viewer/treeView')
      if (isLeft()) return
      view = new viewer.TreeView()
      view.canvas.dataset.testid = 'tree'
      holder.current?.append(view.canvas)
      const sphere = await view.load(glb)
      if (!isLeft()) setDrawn({ view, sphere })
    }

    draw(tree).catch((error: unknown) => {
      setFailure(explain(error))
    })
    return () => {
      left = true
      view?.dispose()
      setDrawn(null)
    }
  }, [holder, tree])

  return { drawn, failure }
}

function explain(error: unknown): string {
  const noWebGL = error instanceof Error && error.name === 'NoWebGLError'
  return noWebGL
    ? `${error.message} CT and DSA work as usual.`
    : 'The artery tree cannot be drawn. CT and DSA work as usual.'
}
