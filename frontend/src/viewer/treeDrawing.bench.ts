import { describe, test } from 'vitest'
import { paintFaces } from './paintedTree'
import { viewOfRun } from './carm'
import { OutlineTracer } from './silhouette'
import { randomNumbers, runManifest } from './testing'
import { cylinder, together } from './testingTrees'
import type { TreeMesh } from './treeMesh'
import { add, type Vec3 } from './vector'
import { visibleFaces, type VisibleFaces } from './visibleFaces'

/** As many small faces as the server makes at most, along winding vessels in a head. */
function largeTree(): TreeMesh {
  const random = randomNumbers(2)
  const side = () => random() - 0.5
  const pieces: TreeMesh[] = []
  for (let vessel = 0; vessel < 50; vessel += 1) {
    let at: Vec3 = [140 * side(), 140 * side(), 110 * side()]
    const radius = 0.5 + 1.5 * random()
    for (let piece = 0; piece < 20; piece += 1) {
      const next = add(at, [5 * side(), 5 * side(), 5 * side()])
      pieces.push(cylinder(at, next, radius, 10))
      at = next
    }
  }
  return together(...pieces)
}

describe('a tree of 60 000 faces', () => {
  const tree = largeTree()
  const run = runManifest({ rows: 1024, columns: 1024, detectorSpacingMm: [0.28, 0.28] })
  const view = viewOfRun(run, { primaryDeg: 30, secondaryDeg: 20 }, tree.sphere)

  test('outlined on a detector of 1024 × 1024', async ({ bench }) => {
    const tracer = new OutlineTracer()
    await bench('outlined', () => {
      tracer.trace(tree, view)
    }).run()
  })

  test.for([
    ['of 591 × 290, at twice its resolution', 1182, 580],
    ['of 2 000 000 pixels, the most there are', 2000, 1000],
  ] as const)('painted for a pane %s', async ([, canvasWidth, canvasHeight], { bench }) => {
    const side = canvasHeight
    const rect = { x: (canvasWidth - side) / 2, y: 0, width: side, height: side }
    const out = new Uint32Array(canvasWidth * canvasHeight)
    let seen: VisibleFaces | null = null
    await bench('painted', () => {
      seen = visibleFaces(tree, view, { rect, canvasWidth, canvasHeight }, seen)
      paintFaces(seen, tree, view, out)
    }).run()
  })
})
