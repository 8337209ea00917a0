import { useEffect, useState, type RefObject } from 'react'
import { PaintedTree } from '../../viewer/paintedTree'
import type { TreeDrawing } from '../../viewer/treeDrawing'
import type { TreeMesh } from '../../viewer/treeMesh'

/** Draws the tree into `holder`: with WebGL or, where the browser has none, without. */
export function useTreeDrawing(
  holder: RefObject<HTMLElement | null>,
  mesh: TreeMesh | null,
): TreeDrawing | null {
  const [drawing, setDrawing] = useState<TreeDrawing | null>(null)

  useEffect(() => {
    // The drawing code comes along with the tree, not after it; a failure shows when it is used.
    import('../../viewer/treeView').catch(() => undefined)
  }, [])
  useEffect(() => {
    if (!mesh) return
    let left = false
    let begun: TreeDrawing | null = null
    void newDrawing().then((drawn) => {
      if (left) {
        drawn.dispose()
        return
      }
      begun = drawn
      drawn.canvas.dataset.testid = 'tree'
      drawn.load(mesh)
      holder.current?.append(drawn.canvas)
      setDrawing(drawn)
    })
    return () => {
      left = true
      begun?.dispose()
      setDrawing(null)
    }
  }, [holder, mesh])

  return drawing
}

async function newDrawing(): Promise<TreeDrawing> {
  try {
    const { TreeView } = await import('../../viewer/treeView')
    return new TreeView()
  } catch {
    return new PaintedTree()
  }
}
