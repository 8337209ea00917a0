import { PerspectiveCamera, Vector3, Vector4 } from 'three'
import { describe, expect, it } from 'vitest'
import {
  beamAxes,
  cameraMatrices,
  describePose,
  LATERAL,
  poseOfFrame,
  POSTEROANTERIOR,
  projectionRows,
  projectPoint,
  turnView,
  viewOfRun,
  viewOfTree,
  type CArmPose,
  type CArmView,
  type Placement,
} from './carm'
import { canvasPoint, letterbox } from './fit'
import { randomNumbers, runManifest } from './testing'
import { aimCamera } from './treeView'
import { add, cross, dot, scale, type Vec3 } from './vector'

const TREE = { centre: [5, -10, 20] as Vec3, radius: 90 }
const POSES: CArmPose[] = [
  POSTEROANTERIOR,
  LATERAL,
  { primaryDeg: 0, secondaryDeg: 25 },
  { primaryDeg: 30, secondaryDeg: 20 },
  { primaryDeg: -42, secondaryDeg: -15 },
]

function viewAt(pose: CArmPose): CArmView {
  return viewOfRun(runManifest(), pose, TREE)
}

function placementOf(view: CArmView, canvasWidth = 574, canvasHeight = 318): Placement {
  const rect = letterbox(canvasWidth, canvasHeight, view.columns, view.rows)
  return { rect, canvasWidth, canvasHeight }
}

/** The same canvas with the detector three times as large, off its middle. */
function zoomedIn({ rect, ...canvas }: Placement): Placement {
  const { x, y, width, height } = rect
  return { ...canvas, rect: { x: x - 200, y: y - 310, width: 3 * width, height: 3 * height } }
}

function cameraFor(view: CArmView, placement: Placement): PerspectiveCamera {
  const camera = new PerspectiveCamera()
  camera.matrixAutoUpdate = false
  const { world, projection } = cameraMatrices(view, placement, TREE)
  aimCamera(camera, world, projection)
  return camera
}

function randomPoints(count: number): Vec3[] {
  const random = randomNumbers(11)
  const coordinate = () => 120 * (random() - 0.5)
  return Array.from({ length: count }, () =>
    add(TREE.centre, [coordinate(), coordinate(), coordinate()]),
  )
}

describe('beam axes', () => {
  it.each([
    [0, 0, [0, -1, 0]],
    [90, 0, [1, 0, 0]],
    [0, 25, [0, -0.9063, 0.4226]],
    [30, 20, [0.4698, -0.8138, 0.342]],
  ])(
    'point to the detector at primary %d°, secondary %d°',
    (primaryDeg, secondaryDeg, expected) => {
      const { detector } = beamAxes({ primaryDeg, secondaryDeg })
      detector.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] ?? NaN, 4)
      })
    },
  )

  it("show the patient's left on the right and the head on top at 0°, 0°", () => {
    const { right, up } = beamAxes(POSTEROANTERIOR)
    expect(dot(right, [1, 0, 0])).toBeCloseTo(1, 12)
    expect(dot(up, [0, 0, 1])).toBeCloseTo(1, 12)
  })

  it.each(POSES)('are right-handed and of unit length at %o', (pose) => {
    const { right, up, detector } = beamAxes(pose)
    expect(dot(cross(right, up), detector)).toBeCloseTo(1, 12)
    expect(dot(up, up)).toBeCloseTo(1, 12)
  })
})

describe.each(POSES)('projection at %o', (pose) => {
  const view = viewAt(pose)

  it('follows the ray from the source to the detector plane', () => {
    const { detector } = view.axes
    const source = add(view.isocentre, scale(detector, -view.sodMm))
    for (const point of randomPoints(50)) {
      const { column, row } = projectPoint(view, point)
      const onDetector = add(
        add(
          add(source, scale(detector, view.sidMm)),
          scale(view.axes.right, (column - 479.5) * view.detectorSpacingMm[1]),
        ),
        scale(view.axes.up, (511.5 - row) * view.detectorSpacingMm[0]),
      )
      const ray = cross(add(point, scale(source, -1)), add(onDetector, scale(source, -1)))
      expect(Math.hypot(...ray) / (view.sidMm * view.sodMm)).toBeLessThan(1e-12)
    }
  })

  it('agrees with its 3×4 matrix', () => {
    for (const point of randomPoints(50)) {
      const [column, row, depth] = projectionRows(view).map(
        (r) => r[0] * point[0] + r[1] * point[1] + r[2] * point[2] + r[3],
      )
      const expected = projectPoint(view, point)
      expect(depth).toBeCloseTo(expected.depthMm, 8)
      expect((column ?? NaN) / expected.depthMm).toBeCloseTo(expected.column, 8)
      expect((row ?? NaN) / expected.depthMm).toBeCloseTo(expected.row, 8)
    }
  })

  it.each([
    ['fitted', placementOf(view)],
    ['enlarged beyond the canvas', zoomedIn(placementOf(view))],
  ])('is what the three.js camera draws when %s, to a thousandth of a pixel', (_, placement) => {
    const camera = cameraFor(view, placement)
    for (const point of randomPoints(200)) {
      const ndc = new Vector3(...point).project(camera)
      const { column, row } = projectPoint(view, point)
      const expected = canvasPoint(placement.rect, view.columns, view.rows, column, row)
      expect(Math.abs(((ndc.x + 1) / 2) * placement.canvasWidth - expected.x)).toBeLessThan(1e-3)
      expect(Math.abs(((1 - ndc.y) / 2) * placement.canvasHeight - expected.y)).toBeLessThan(1e-3)
    }
  })

  it('keeps the tree between the clip planes, what is nearer the detector in front', () => {
    const camera = cameraFor(view, placementOf(view))
    const toDetector = view.axes.detector
    const front = new Vector3(...add(TREE.centre, scale(toDetector, TREE.radius))).project(camera)
    const back = new Vector3(...add(TREE.centre, scale(toDetector, -TREE.radius))).project(camera)
    expect(front.z).toBeGreaterThan(-1)
    expect(front.z).toBeLessThan(back.z)
    expect(back.z).toBeLessThan(1)
  })

  it('keeps the outside of surfaces counter-clockwise', () => {
    const camera = cameraFor(view, placementOf(view))
    const { right, up } = view.axes
    const corners = [TREE.centre, add(TREE.centre, scale(right, 5)), add(TREE.centre, scale(up, 5))]
    const [a, b, c] = corners.map((point) => new Vector3(...point).project(camera))
    if (!a || !b || !c) throw new Error('three corners')
    expect((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)).toBeGreaterThan(0)
  })

  it('has positive clip w, so that nothing in front of the source is dropped', () => {
    const camera = cameraFor(view, placementOf(view))
    const clip = new Vector4(...TREE.centre, 1)
      .applyMatrix4(camera.matrixWorldInverse)
      .applyMatrix4(camera.projectionMatrix)
    expect(clip.w).toBeCloseTo(projectPoint(view, TREE.centre).depthMm, 6)
  })
})

describe('turning the tree by hand', () => {
  it('moves what faces the reader along with the hand and keeps the isocentre in place', () => {
    const view = viewAt(POSTEROANTERIOR)
    const facing = add(view.isocentre, scale(view.axes.detector, 50))
    const before = projectPoint(view, facing)
    const after = projectPoint(turnView(view, 0.2, 0.1), facing)
    expect(after.column).toBeGreaterThan(before.column)
    expect(after.row).toBeGreaterThan(before.row)
    expect(projectPoint(turnView(view, 1, 2), view.isocentre)).toMatchObject({
      column: expect.closeTo(479.5, 9) as number,
      row: expect.closeTo(511.5, 9) as number,
    })
  })
})

describe('runs that say little about themselves', () => {
  it('take one angle for all frames, or one for each', () => {
    expect(poseOfFrame(runManifest(), 2)).toEqual({ primaryDeg: 30, secondaryDeg: 20 })
    const turning = runManifest({ primaryDeg: [0, 5, 10], secondaryDeg: [1, 2, 3] })
    expect(poseOfFrame(turning, 1)).toEqual({ primaryDeg: 5, secondaryDeg: 2 })
    expect(poseOfFrame(runManifest({ secondaryDeg: null }), 0)).toBeNull()
    expect(poseOfFrame(runManifest({ primaryDeg: [] }), 0)).toBeNull()
  })

  it('show the whole tree where distances and spacing are missing', () => {
    const bare = runManifest({
      sidMm: null,
      sodMm: null,
      detectorSpacingMm: null,
      isocentre: TREE.centre,
    })
    for (const view of [viewOfRun(bare, LATERAL, TREE), viewOfTree(LATERAL, TREE)]) {
      for (const side of [view.axes.up, view.axes.right]) {
        const { column, row } = projectPoint(view, add(TREE.centre, scale(side, TREE.radius)))
        expect(row).toBeGreaterThan(0)
        expect(column).toBeLessThan(view.columns - 1)
      }
    }
  })

  it('name their pose as it is said at the table', () => {
    expect(describePose({ primaryDeg: -30.2, secondaryDeg: 19.6 })).toBe('RAO 30° CRA 20°')
    expect(describePose(LATERAL)).toBe('LAO 90°')
    expect(describePose({ primaryDeg: 0.2, secondaryDeg: -0.3 })).toBe('PA')
  })
})
