import { describe, expect, it } from 'vitest'
import { paintFaces } from './paintedTree'
import { viewOfRun } from './carm'
import { OutlineTracer } from './silhouette'
import { randomNumbers, runManifest } from './testing'
import { cylinder, together } from './testingTrees'
import type { TreeMesh } from './treeMesh'
import { add, type Vec3 } from './vector'
import { visibleFaces, type VisibleFaces } from './visibleFaces'

/** On an idle core it takes a tenth of this. */
const MOST_MS = 250

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

/** Milliseconds of computing, the median of nine after some that warm up. */
function medianTime(work: () => void): number {
  for (let i = 0; i < 5; i += 1) work()
  const times = Array.from({ length: 9 }, () => {
    const begun = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(begun)
    return (user + system) / 1000
  })
  return times.toSorted((a, b) => a - b)[4] ?? NaN
}

describe('a tree of 60 000 faces', () => {
  const tree = largeTree()
  const run = runManifest({ rows: 1024, columns: 1024, detectorSpacingMm: [0.28, 0.28] })
  const view = viewOfRun(run, { primaryDeg: 30, secondaryDeg: 20 }, tree.sphere)

  it('is outlined on a detector of 1024 × 1024 in the blink of an eye', () => {
    const tracer = new OutlineTracer()
    const ms = medianTime(() => tracer.trace(tree, view))
    console.info(`outline of ${tree.faces.length / 3} faces: ${ms.toFixed(0)} ms`)
    expect(ms).toBeLessThan(MOST_MS)
  })

  it('is drawn for a pane of 591 × 290 without WebGL as quickly', () => {
    const place = {
      rect: { x: 301, y: 0, width: 580, height: 580 },
      canvasWidth: 1182,
      canvasHeight: 580,
    }
    const out = new Uint32Array(place.canvasWidth * place.canvasHeight)
    let seen: VisibleFaces | null = null
    const ms = medianTime(() => {
      seen = visibleFaces(tree, view, place, seen)
      paintFaces(seen, tree, view, out)
    })
    console.info(`picture of ${tree.faces.length / 3} faces: ${ms.toFixed(0)} ms`)
    expect(ms).toBeLessThan(MOST_MS)
  })
})
