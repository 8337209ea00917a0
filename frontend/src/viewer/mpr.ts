/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/**
 * Axial, coronal and sagittal slices of the upright CT, drawn as a radiologist expects them.
 *
 * The stored volume is upright: columns run to the patient's Left, rows to Posterior, slices to
 * the Head. Screens show the patient's right on the left (axial, coronal), anterior on the left
 * (sagittal) and the head, or anterior on an axial slice, on top.
 */
import type { CtVolume } from './mediaPack'
import type { Vec3 } from './vector'
import { greyLevel, windowBounds, type Window } from './windowLevel'

export type Plane = 'axial' | 'coronal' | 'sagittal'

export const PLANES: readonly Plane[] = ['axial', 'coronal', 'sagittal']

/** Indices of a voxel along columns (x), rows (y) and slices (z). */
export interface Voxel {
  x: number
  y: number
  z: number
}

/** A pixel of a drawn slice: column from the left, row from the top. */
export interface SlicePixel {
  column: number
  row: number
}

export interface PlaneGrid {
  columns: number
  rows: number
  /** Number of slices across the plane, and their distance, mm. */
  depth: number
  depthSpacing: number
  /** Pixel size on screen, mm. */
  columnSpacing: number
  rowSpacing: number
}

export interface EdgeMarks {
  left: string
  right: string
  top: string
  bottom: string
}

export const EDGE_MARKS: Record<Plane, EdgeMarks> = {
  axial: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
  coronal: { left: 'R', right: 'L', top: 'H', bottom: 'F' },
  sagittal: { left: 'A', right: 'P', top: 'H', bottom: 'F' },
}

/** The voxel axis that a slice index of the plane counts along. */
export const SLICE_AXIS: Record<Plane, keyof Voxel> = { axial: 'z', coronal: 'y', sagittal: 'x' }

export type Grid = Pick<CtVolume, 'shape' | 'spacing'>

/** HU laid out as a volume; a slab that was projected is a volume of one slice. */
export interface HuVolume {
  shape: Vec3
  hu: Int16Array | Float32Array
}

export function planeGrid({ shape, spacing }: Grid, plane: Plane): PlaneGrid {
  const [slices, rows, columns] = shape
  const [sliceSpacing, rowSpacing, columnSpacing] = spacing
  switch (plane) {
    case 'axial':
      return {
        columns,
        rows,
        depth: slices,
        depthSpacing: sliceSpacing,
        columnSpacing,
        rowSpacing,
      }
    case 'coronal':
      return {
        columns,
        rows: slices,
        depth: rows,
        depthSpacing: rowSpacing,
        columnSpacing,
        rowSpacing: sliceSpacing,
      }
    case 'sagittal':
      return {
        columns: rows,
        rows: slices,
        depth: columns,
        depthSpacing: columnSpacing,
        columnSpacing: rowSpacing,
        rowSpacing: sliceSpacing,
      }
  }
}

export function centreVoxel([slices, rows, columns]: Vec3): Voxel {
  return { x: columns >> 1, y: rows >> 1, z: slices >> 1 }
}

/** `voxel` moved `steps` slices across `plane`, kept inside the volume. */
export function stepSlice(voxel: Voxel, grid: Grid, plane: Plane, steps: number): Voxel {
  const axis = SLICE_AXIS[plane]
  const last = planeGrid(grid, plane).depth - 1
  return { ...voxel, [axis]: Math.min(last, Math.max(0, voxel[axis] + steps)) }
}

/** Where a voxel lies on the drawn slice through it. */
export function pixelOfVoxel({ x, y, z }: Voxel, grid: Grid, plane: Plane): SlicePixel {
  const lastSlice = grid.shape[0] - 1
  switch (plane) {
    case 'axial':
      return { column: x, row: y }
    case 'coronal':
      return { column: x, row: lastSlice - z }
    case 'sagittal':
      return { column: y, row: lastSlice - z }
  }
}

/** The voxel under a pixel of the slice through `current`, kept inside the volume. */
export function voxelOfPixel(pixel: SlicePixel, current: Voxel, grid: Grid, plane: Plane): Voxel {
  const { columns, rows } = planeGrid(grid, plane)
  const column = Math.min(columns - 1, Math.max(0, Math.round(pixel.column)))
  const row = Math.min(rows - 1, Math.max(0, Math.round(pixel.row)))
  const lastSlice = grid.shape[0] - 1
  switch (plane) {
    case 'axial':
      return { ...current, x: column, y: row }
    case 'coronal':
      return { ...current, x: column, z: lastSlice - row }
    case 'sagittal':
      return { ...current, y: column, z: lastSlice - row }
  }
}

export type Rgb = readonly [number, number, number]

export interface Overlay {
  /** Artery label of every voxel, laid out like the volume; 0 is no artery. */
  labels: Uint8Array
  /** Colour of each label, from 1 upwards; null for an artery that is hidden. */
  colours: readonly (Rgb | null)[]
  /** 0 leaves the CT as it is, 1 hides it under the artery. */
  opacity: number
}

/**
 * Draw one slice into `out` (columns × rows, RGBA bytes as little-endian words).
 *
 * Greys are rounded half up; an overlay mixes `opacity` of the label's colour into the grey.
 */
export function drawSlice(
  volume: HuVolume,
  plane: Plane,
  slice: number,
  window: Window,
  overlay: Overlay | null,
  out: Uint32Array,
): void {
  const { start, columnStep, rowStep, columns, rows } = sliceWalk(volume.shape, plane, slice)
  const seen = overlay && overlay.opacity > 0 ? overlay : null
  for (let row = 0; row < rows; row += 1) {
    const line = { start: start + row * rowStep, step: columnStep, columns }
    drawLine(volume.hu, line, window, seen, out, row * columns)
  }
}

interface Line {
  start: number
  step: number
  columns: number
}

/** One line of a slice, by itself: compiled whole, where a loop within a loop is compiled in parts. */
function drawLine(
  hu: HuVolume['hu'],
  { start, step, columns }: Line,
  window: Window,
  overlay: Overlay | null,
  out: Uint32Array,
  pixel: number,
): void {
  const [low] = windowBounds(window)
  const labels = overlay?.labels ?? null
  for (let column = 0, voxel = start; column < columns; column += 1, voxel += step) {
    const grey = greyLevel(hu[voxel]!, low, window.width)
    const label = labels ? labels[voxel]! : 0
    const colour = label && overlay ? colourOf(overlay.colours, label) : null
    out[pixel + column] =
      colour && overlay ? mixed(grey, colour, overlay.opacity) : opaque(grey, grey, grey)
  }
}

/** How to step through the volume to visit a slice in screen order. */
export function sliceWalk([slices, rows, columns]: Vec3, plane: Plane, slice: number) {
  const area = rows * columns
  const top = (slices - 1) * area
  switch (plane) {
    case 'axial':
      return { start: slice * area, columnStep: 1, rowStep: columns, columns, rows }
    case 'coronal':
      return { start: top + slice * columns, columnStep: 1, rowStep: -area, columns, rows: slices }
    case 'sagittal':
      return {
        start: top + slice,
        columnStep: columns,
        rowStep: -area,
        columns: rows,
        rows: slices,
      }
  }
}

function colourOf(colours: Overlay['colours'], label: number): Rgb | null {
  return colours[(label - 1) % colours.length]!
}

function mixed(grey: number, [red, green, blue]: Rgb, opacity: number): number {
  return opaque(
    (grey + (red - grey) * opacity) | 0,
    (grey + (green - grey) * opacity) | 0,
    (grey + (blue - grey) * opacity) | 0,
  )
}

function opaque(red: number, green: number, blue: number): number {
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0
}
