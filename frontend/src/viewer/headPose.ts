/** How the head lay on the angiography table, against how it lay in the CT. */
import type { CArmView } from './carm'
import { add, rotateAbout, scale, subtract, type Vec3 } from './vector'

/**
 * The head turned about the isocentre and then moved.
 *
 * Degrees are right-handed about the LPS axes, turned about left first, then posterior, then head;
 * mm along the same axes.
 */
export interface HeadPose {
  leftDeg: number
  posteriorDeg: number
  headDeg: number
  leftMm: number
  posteriorMm: number
  headMm: number
}

export const AS_RECORDED: HeadPose = {
  leftDeg: 0,
  posteriorDeg: 0,
  headDeg: 0,
  leftMm: 0,
  posteriorMm: 0,
  headMm: 0,
}

export type HeadAxis = 'left' | 'posterior' | 'head'

const MOST_DEG = 45
const MOST_MM = 150

export function isAsRecorded(head: HeadPose): boolean {
  return Object.values(head).every((value) => value === 0)
}

export function turned(head: HeadPose, axis: HeadAxis, degrees: number): HeadPose {
  const angle = `${axis}Deg` as const
  return { ...head, [angle]: within(head[angle] + degrees, MOST_DEG) }
}

export function moved(head: HeadPose, [left, posterior, up]: Vec3): HeadPose {
  return {
    ...head,
    leftMm: within(head.leftMm + left, MOST_MM),
    posteriorMm: within(head.posteriorMm + posterior, MOST_MM),
    headMm: within(head.headMm + up, MOST_MM),
  }
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value))
}

/**
 * The view that shows the head as it lay in the CT just as `view` shows it in its new pose.
 *
 * A point p comes to lie at c + R(p − c) + t. Seen along an axis a from the isocentre c, that is
 * (p − (c − Rᵀt)) · Rᵀa: so it is the C-arm that is turned and moved the other way.
 */
export function withHead(view: CArmView, head: HeadPose): CArmView {
  if (isAsRecorded(head)) return view
  const { right, up, detector } = view.axes
  const shift: Vec3 = [head.leftMm, head.posteriorMm, head.headMm]
  return {
    ...view,
    axes: { right: back(right, head), up: back(up, head), detector: back(detector, head) },
    isocentre: subtract(view.isocentre, back(shift, head)),
  }
}

/** Rᵀ applied to a direction. */
function back(direction: Vec3, { leftDeg, posteriorDeg, headDeg }: HeadPose): Vec3 {
  const radians = Math.PI / 180
  const first = rotateAbout(direction, [0, 0, 1], -headDeg * radians)
  const second = rotateAbout(first, [0, 1, 0], -posteriorDeg * radians)
  return rotateAbout(second, [1, 0, 0], -leftDeg * radians)
}

/** How far the head must move to move its picture on the detector of `view`, LPS mm. */
export function moveOnDetector(view: CArmView, columns: number, rows: number): Vec3 {
  const { axes, detectorSpacingMm, sidMm, sodMm } = view
  const atIsocentre = sodMm / sidMm
  return add(
    scale(axes.right, columns * detectorSpacingMm[1] * atIsocentre),
    scale(axes.up, -rows * detectorSpacingMm[0] * atIsocentre),
  )
}

/** "Head turned L 2°, moved P 3 mm"; empty where it lies as recorded. */
export function describeHead(head: HeadPose): string {
  const turns = [
    amount('turned L', 'turned R', head.headDeg, '°'),
    amount('chin down', 'chin up', head.leftDeg, '°'),
    amount('tilted L', 'tilted R', head.posteriorDeg, '°'),
  ].filter(Boolean)
  const moves = [
    amount('L', 'R', head.leftMm, ' mm'),
    amount('P', 'A', head.posteriorMm, ' mm'),
    amount('H', 'F', head.headMm, ' mm'),
  ].filter(Boolean)
  if (moves.length > 0) turns.push(`moved ${moves.join(' ')}`)
  return turns.length > 0 ? `Head ${turns.join(', ')}` : ''
}

function amount(positive: string, negative: string, value: number, unit: string): string {
  const rounded = Math.round(value)
  return rounded === 0 ? '' : `${rounded > 0 ? positive : negative} ${Math.abs(rounded)}${unit}`
}
