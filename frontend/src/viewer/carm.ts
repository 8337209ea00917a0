/**
 * The geometry of a C-arm: where a point of the head falls on the detector, and a camera that draws
 * the same picture.
 *
 * Directions are LPS, lengths mm. Angles follow DICOM C.8.7.5: primary + towards the patient's
 * left (LAO), secondary + cranial. The image is formed by rays from the X-ray source, which stands
 * at −SOD·d from the isocentre, and is looked at from the detector, which stands at (SID − SOD)·d.
 */
import type { RunManifest } from './manifest'
import type { Rect } from './fit'
import { cross, dot, rotateAbout, scale, subtract, add, type Vec3 } from './vector'

export interface CArmPose {
  primaryDeg: number
  secondaryDeg: number
}

/** Right-handed axes of the image as it is looked at: to the right, up, and towards the reader. */
export interface BeamAxes {
  right: Vec3
  up: Vec3
  detector: Vec3
}

/** One picture that a C-arm takes. */
export interface CArmView {
  axes: BeamAxes
  isocentre: Vec3
  sidMm: number
  sodMm: number
  rows: number
  columns: number
  /** Between rows, between columns. */
  detectorSpacingMm: [number, number]
}

export interface Sphere {
  centre: Vec3
  radius: number
}

export const POSTEROANTERIOR: CArmPose = { primaryDeg: 0, secondaryDeg: 0 }
export const LATERAL: CArmPose = { primaryDeg: 90, secondaryDeg: 0 }

const TYPICAL_SID_MM = 1100
const TYPICAL_SOD_MM = 750
const TYPICAL_PIXELS = 1024
const MARGIN_AROUND_TREE = 1.15

export function beamAxes({ primaryDeg, secondaryDeg }: CArmPose): BeamAxes {
  const alpha = (primaryDeg * Math.PI) / 180
  const beta = (secondaryDeg * Math.PI) / 180
  const detector: Vec3 = [
    Math.sin(alpha) * Math.cos(beta),
    -Math.cos(alpha) * Math.cos(beta),
    Math.sin(beta),
  ]
  const up: Vec3 = [
    -Math.sin(alpha) * Math.sin(beta),
    Math.cos(alpha) * Math.sin(beta),
    Math.cos(beta),
  ]
  return { right: cross(up, detector), up, detector }
}

/** The angles a frame was taken at; null where the run does not say. */
export function poseOfFrame(
  run: Pick<RunManifest, 'primaryDeg' | 'secondaryDeg'>,
  frame: number,
): CArmPose | null {
  const primaryDeg = run.primaryDeg?.[frame] ?? run.primaryDeg?.at(-1)
  const secondaryDeg = run.secondaryDeg?.[frame] ?? run.secondaryDeg?.at(-1)
  return primaryDeg === undefined || secondaryDeg === undefined
    ? null
    : { primaryDeg, secondaryDeg }
}

/** The view of a frame taken at `pose`; what the run leaves out is typical and fits the tree. */
export function viewOfRun(run: RunManifest, pose: CArmPose, tree: Sphere): CArmView {
  const sidMm = run.sidMm ?? TYPICAL_SID_MM
  const sodMm = run.sodMm ?? TYPICAL_SOD_MM
  const { rows, columns } = run
  const fitting = (sidMm / sodMm) * fittingPixelMm(tree, Math.min(rows, columns))
  return {
    axes: beamAxes(pose),
    isocentre: run.isocentre,
    sidMm,
    sodMm,
    rows,
    columns,
    detectorSpacingMm: run.detectorSpacingMm ?? [fitting, fitting],
  }
}

/** A view of the whole tree, for a case without runs. */
export function viewOfTree(pose: CArmPose, tree: Sphere): CArmView {
  const pixel = (TYPICAL_SID_MM / TYPICAL_SOD_MM) * fittingPixelMm(tree, TYPICAL_PIXELS)
  return {
    axes: beamAxes(pose),
    isocentre: tree.centre,
    sidMm: TYPICAL_SID_MM,
    sodMm: TYPICAL_SOD_MM,
    rows: TYPICAL_PIXELS,
    columns: TYPICAL_PIXELS,
    detectorSpacingMm: [pixel, pixel],
  }
}

function fittingPixelMm(tree: Sphere, pixels: number): number {
  return (2 * tree.radius * MARGIN_AROUND_TREE) / pixels
}

/** `view` turned as by a hand that drags the head: radians to the right and downwards. */
export function turnView(view: CArmView, toTheRight: number, downwards: number): CArmView {
  const { right, up, detector } = view.axes
  const about = (axis: Vec3, angle: number, axes: BeamAxes): BeamAxes => ({
    right: rotateAbout(axes.right, axis, angle),
    up: rotateAbout(axes.up, axis, angle),
    detector: rotateAbout(axes.detector, axis, angle),
  })
  return {
    ...view,
    axes: about(right, -downwards, about(up, -toTheRight, { right, up, detector })),
  }
}

/** Detector pixel (centres are whole numbers) and distance from the source, along the beam. */
export interface DetectorPoint {
  column: number
  row: number
  depthMm: number
}

/** Where the ray from the source through an LPS point meets the detector. */
export function projectPoint(view: CArmView, point: Vec3): DetectorPoint {
  const { right, up, detector } = view.axes
  const offset = subtract(point, view.isocentre)
  const depthMm = view.sodMm + dot(offset, detector)
  const magnification = view.sidMm / depthMm
  const [rowSpacing, columnSpacing] = view.detectorSpacingMm
  return {
    column: (view.columns - 1) / 2 + (dot(offset, right) * magnification) / columnSpacing,
    row: (view.rows - 1) / 2 - (dot(offset, up) * magnification) / rowSpacing,
    depthMm,
  }
}

/** The LPS point that {@link projectPoint} takes to a detector point. */
export function unprojectPoint(view: CArmView, { column, row, depthMm }: DetectorPoint): Vec3 {
  const { right, up, detector } = view.axes
  const [rowSpacing, columnSpacing] = view.detectorSpacingMm
  const perDetectorMm = depthMm / view.sidMm
  const toTheRight = (column - (view.columns - 1) / 2) * columnSpacing * perDetectorMm
  const upwards = ((view.rows - 1) / 2 - row) * rowSpacing * perDetectorMm
  const offset = add(add(scale(right, toTheRight), scale(up, upwards)), scale(detector, depthMm))
  return add(view.isocentre, subtract(offset, scale(detector, view.sodMm)))
}

type Row4 = readonly [number, number, number, number]

/** The 3×4 matrix P with P·(x, y, z, 1) = depth · (column, row, 1). */
export function projectionRows(view: CArmView): readonly [Row4, Row4, Row4] {
  const { right, up, detector } = view.axes
  const [rowSpacing, columnSpacing] = view.detectorSpacingMm
  const source = subtract(view.isocentre, scale(detector, view.sodMm))
  const depth = planeRow(detector, source)
  return [
    combine(view.sidMm / columnSpacing, planeRow(right, source), (view.columns - 1) / 2, depth),
    combine(-view.sidMm / rowSpacing, planeRow(up, source), (view.rows - 1) / 2, depth),
    depth,
  ]
}

/** Signed distance along `axis` from `from`, as a row acting on (x, y, z, 1). */
function planeRow(axis: Vec3, from: Vec3): Row4 {
  return [axis[0], axis[1], axis[2], -dot(axis, from)]
}

function combine(a: number, first: Row4, b: number, second: Row4): Row4 {
  return [
    a * first[0] + b * second[0],
    a * first[1] + b * second[1],
    a * first[2] + b * second[2],
    a * first[3] + b * second[3],
  ]
}

/** The part of a canvas that shows the whole detector; it may reach beyond the canvas. */
export interface Placement {
  rect: Rect
  canvasWidth: number
  canvasHeight: number
}

/** "LAO 30° CRA 20°", as it is said at the angiography table; "PA" where both angles are zero. */
export function describePose({ primaryDeg, secondaryDeg }: CArmPose): string {
  const primary = inWords(primaryDeg, 'LAO', 'RAO')
  const secondary = inWords(secondaryDeg, 'CRA', 'CAU')
  return [primary, secondary].filter(Boolean).join(' ') || 'PA'
}

function inWords(degrees: number, positive: string, negative: string): string {
  const rounded = Math.round(degrees)
  return rounded === 0 ? '' : `${rounded > 0 ? positive : negative} ${Math.abs(rounded)}°`
}
