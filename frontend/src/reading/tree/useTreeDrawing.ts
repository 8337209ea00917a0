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
  const exists = mesh !== null

  useEffect(() => {
    // The drawing code comes along with the tree, not after it; a failure shows when it is used.
    if (hasWebGL()) import('../../viewer/treeView').catch(() => undefined)
  }, [])
  useEffect(() => {
    if (!exists) return
    let left = false
    let begun: TreeDrawing | null = null
    void newDrawing().then((drawn) => {
      if (left) {
        drawn.dispose()
        return
      }
      begun = drawn
      drawn.canvas.dataset.testid = 'tree'
      holder.current?.append(drawn.canvas)
      setDrawing(drawn)
    })
    return () => {
      left = true
      begun?.dispose()
      setDrawing(null)
    }
  }, [holder, exists])
  useEffect(() => {
    if (mesh) drawing?.load(mesh)
  }, [drawing, mesh])

  return drawing
}

async function newDrawing(): Promise<TreeDrawing> {
  if (!hasWebGL()) return new PaintedTree()
  try {
    const { TreeView } = await import('../../viewer/treeView')
    return new TreeView()
  } catch {
    return new PaintedTree()
  }
}

let webGL: boolean | undefined

/** Asked once: three.js would complain on the console each time, and need not be loaded. */
function hasWebGL(): boolean {
  if (webGL === undefined) {
    const context = document.createElement('canvas').getContext('webgl2')
    webGL = context !== null
    context?.getExtension('WEBGL_lose_context')?.loseContext()
  }
  return webGL
}
