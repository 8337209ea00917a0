import { describe, expect, it } from 'vitest'
import {
  beamAxes,
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
} from './carm'
import { randomNumbers, runManifest } from './testing'
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
