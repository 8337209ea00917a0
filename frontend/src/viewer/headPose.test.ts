import { describe, expect, it } from 'vitest'
import { LATERAL, POSTEROANTERIOR, projectPoint, viewOfRun } from './carm'
import { AS_RECORDED, describeHead, moveOnDetector, moved, turned, withHead } from './headPose'
import { randomNumbers, runManifest } from './testing'
import { dot, type Vec3 } from './vector'

const TREE = { centre: [5, -10, 20] as Vec3, radius: 90 }
const RUN = runManifest()
const PA = viewOfRun(RUN, POSTEROANTERIOR, TREE)
const POSE = {
  leftDeg: 7,
  posteriorDeg: -11,
  headDeg: 23,
  leftMm: 4,
  posteriorMm: -9,
  headMm: 13,
}

type Matrix = readonly [Vec3, Vec3, Vec3]

function times(matrix: Matrix, vector: Vec3): Vec3 {
  return matrix.map((row) => dot(row, vector)) as Vec3
}

/** The textbook's matrices, written out. */
function rotations({ leftDeg, posteriorDeg, headDeg }: typeof POSE): Matrix[] {
  const [[cx, sx], [cy, sy], [cz, sz]] = [leftDeg, posteriorDeg, headDeg].map((degrees) => {
    const angle = (degrees * Math.PI) / 180
    return [Math.cos(angle), Math.sin(angle)]
  }) as [[number, number], [number, number], [number, number]]
  return [
    [
      [1, 0, 0],
      [0, cx, -sx],
      [0, sx, cx],
    ],
    [
      [cy, 0, sy],
      [0, 1, 0],
      [-sy, 0, cy],
    ],
    [
      [cz, -sz, 0],
      [sz, cz, 0],
      [0, 0, 1],
    ],
  ]
}

describe('the head put otherwise than recorded', () => {
  it('is projected as the same head turned about the isocentre and moved, point by point', () => {
    const random = randomNumbers(8)
    const view = viewOfRun(RUN, { primaryDeg: -35, secondaryDeg: 18 }, TREE)
    const [c0, c1, c2] = RUN.isocentre
    for (let i = 0; i < 100; i += 1) {
      const point: Vec3 = [90 * random(), -70 * random(), 80 * random()]
      const offset: Vec3 = [point[0] - c0, point[1] - c1, point[2] - c2]
      const [x, y, z] = rotations(POSE).reduce((vector, matrix) => times(matrix, vector), offset)
      const there: Vec3 = [x + c0 + POSE.leftMm, y + c1 + POSE.posteriorMm, z + c2 + POSE.headMm]
      const expected = projectPoint(view, there)
      const found = projectPoint(withHead(view, POSE), point)
      expect(found.column).toBeCloseTo(expected.column, 8)
      expect(found.row).toBeCloseTo(expected.row, 8)
      expect(found.depthMm).toBeCloseTo(expected.depthMm, 8)
    }
  })

  it('is left alone where it lies as recorded', () => {
    expect(withHead(PA, AS_RECORDED)).toBe(PA)
  })

  it("turned to its left shows the nose further on the patient's left of a frontal view", () => {
    const nose: Vec3 = [3, -104, 12]
    const before = projectPoint(PA, nose)
    const at = (head: typeof AS_RECORDED) => projectPoint(withHead(PA, head), nose)
    expect(at(turned(AS_RECORDED, 'head', 5)).column).toBeGreaterThan(before.column)
    expect(at(turned(AS_RECORDED, 'left', 5)).row).toBeGreaterThan(before.row)
    const vertex: Vec3 = [3, -4, 112]
    const tilted = withHead(PA, turned(AS_RECORDED, 'posterior', 5))
    expect(projectPoint(tilted, vertex).column).toBeGreaterThan(projectPoint(PA, vertex).column)
  })

  it.each([POSTEROANTERIOR, LATERAL, { primaryDeg: 30, secondaryDeg: -15 }])(
    'follows the hand on the detector at %o',
    (pose) => {
      const view = viewOfRun(RUN, pose, TREE)
      const head = moved(turned(AS_RECORDED, 'head', 4), moveOnDetector(view, 30, -12))
      const before = projectPoint(withHead(view, turned(AS_RECORDED, 'head', 4)), RUN.isocentre)
      const after = projectPoint(withHead(view, head), RUN.isocentre)
      expect(after.column - before.column).toBeCloseTo(30, 6)
      expect(after.row - before.row).toBeCloseTo(-12, 6)
    },
  )

  it('cannot be put where no head lies', () => {
    expect(turned(AS_RECORDED, 'head', 400).headDeg).toBe(45)
    expect(moved(AS_RECORDED, [-900, 0, 0]).leftMm).toBe(-150)
  })

  it('is said in words', () => {
    expect(describeHead(AS_RECORDED)).toBe('')
    expect(describeHead({ ...AS_RECORDED, headDeg: 2 })).toBe('Head turned L 2°')
    expect(describeHead(POSE)).toBe(
      'Head turned L 23°, chin down 7°, tilted R 11°, moved L 4 mm A 9 mm H 13 mm',
    )
  })
})
