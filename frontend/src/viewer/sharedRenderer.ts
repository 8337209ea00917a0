/**
 * The one WebGL renderer of the page, kept from case to case: to make one takes as long as to draw
 * everything else, most of all where the browser has to draw without a graphics card.
 */
import { WebGLRenderer } from 'three'

let kept: WebGLRenderer | null = null

/** Take the renderer, with its canvas; throws where the browser has no WebGL. */
export function takeRenderer(): WebGLRenderer {
  const renderer = kept
  kept = null
  if (renderer && !renderer.getContext().isContextLost()) return renderer
  const canvas = document.createElement('canvas')
  return new WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true })
}

/** Give it back for the next case. Browsers keep only a few: of two, one goes. */
export function giveRendererBack(renderer: WebGLRenderer): void {
  renderer.clear()
  renderer.domElement.remove()
  if (kept === null) {
    kept = renderer
    return
  }
  renderer.dispose()
  renderer.forceContextLoss()
}
