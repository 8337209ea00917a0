import { describe, expect, it } from 'vitest'
import {
  centreVoxel,
  drawSlice,
  EDGE_MARKS,
  pixelOfVoxel,
  PLANES,
  planeGrid,
  SLICE_AXIS,
  stepSlice,
  voxelOfPixel,
  type Plane,
  type Rgb,
  type Voxel,
} from './mpr'
import { noiseVolume } from './testing'
import type { Vec3 } from './vector'

const SHAPE: Vec3 = [5, 7, 9]
const WINDOW = { centre: 400, width: 1000 }
const COLOURS: Rgb[] = [
  [220, 60, 50],
  [50, 190, 165],
]

/** Slow and plain: where each screen pixel of a slice lies in the volume. */
function voxelBehind(plane: Plane, slice: number, column: number, row: number): Voxel {
  const upsideDown = SHAPE[0] - 1 - row
  if (plane === 'axial') return { x: column, y: row, z: slice }
  if (plane === 'coronal') return { x: column, y: slice, z: upsideDown }
  return { x: slice, y: column, z: upsideDown }
}

function offset({ x, y, z }: Voxel): number {
  return (z * SHAPE[1] + y) * SHAPE[2] + x
}

function bytes(word: number | undefined): number[] {
  const value = word ?? 0
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]
}

function drawn(volume = noiseVolume(SHAPE), plane: Plane = 'axial', slice = 0) {
  const { columns, rows } = planeGrid(volume, plane)
  const out = new Uint32Array(columns * rows)
  drawSlice(volume, plane, slice, WINDOW, null, out)
  return { out, columns, rows }
}

describe.each(PLANES)('%s slices', (plane) => {
  const volume = noiseVolume(SHAPE)

  it('show every voxel where a plain lookup puts it', () => {
    const grid = planeGrid(volume, plane)
    for (let slice = 0; slice < grid.depth; slice += 1) {
      const { out, columns, rows } = drawn(volume, plane, slice)
      for (let row = 0; row < rows; row += 1) {
        for (let column = 0; column < columns; column += 1) {
          const hu = volume.hu[offset(voxelBehind(plane, slice, column, row))] ?? NaN
          const grey = Math.min(255, Math.max(0, Math.floor(((hu + 100) * 255) / 1000 + 0.5)))
          expect(bytes(out[row * columns + column])).toEqual([grey, grey, grey, 255])
        }
      }
    }
  })

  it('map pixels to voxels and back', () => {
    const current = centreVoxel(SHAPE)
    const slice = current[SLICE_AXIS[plane]]
    const { columns, rows } = planeGrid(volume, plane)
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const voxel = voxelOfPixel({ column, row }, current, volume, plane)
        expect(voxel).toEqual(voxelBehind(plane, slice, column, row))
        expect(pixelOfVoxel(voxel, volume, plane)).toEqual({ column, row })
      }
    }
  })

  it('stop at the first and last slice', () => {
    const last = planeGrid(volume, plane).depth - 1
    const axis = SLICE_AXIS[plane]
    expect(stepSlice(centreVoxel(SHAPE), volume, plane, 99)[axis]).toBe(last)
    expect(stepSlice(centreVoxel(SHAPE), volume, plane, -99)[axis]).toBe(0)
  })
})

describe('orientation', () => {
  /** Air but for one bright voxel near the patient's left, anterior, at the head. */
  const volume = noiseVolume(SHAPE)
  volume.hu.fill(-200)
  const marked = { x: SHAPE[2] - 1, y: 0, z: SHAPE[0] - 1 }
  volume.hu[offset(marked)] = 1000

  function brightPixel(plane: Plane) {
    const { out, columns, rows } = drawn(volume, plane, marked[SLICE_AXIS[plane]])
    const at = out.indexOf(0xffffffff)
    return { onRight: at % columns === columns - 1, onTop: at < columns, columns, rows }
  }

  it('shows left on the right and anterior on top of axial slices', () => {
    expect(brightPixel('axial')).toMatchObject({ onRight: true, onTop: true })
    expect(EDGE_MARKS.axial).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' })
  })

  it('shows left on the right and the head on top of coronal slices', () => {
    expect(brightPixel('coronal')).toMatchObject({ onRight: true, onTop: true })
    expect(EDGE_MARKS.coronal).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' })
  })

  it('shows anterior on the left and the head on top of sagittal slices', () => {
    expect(brightPixel('sagittal')).toMatchObject({ onRight: false, onTop: true })
    expect(EDGE_MARKS.sagittal).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' })
  })
})

describe('the artery overlay', () => {
  it('mixes the colour of the label into the grey by its opacity', () => {
    const volume = noiseVolume([1, 1, 3])
    volume.hu.set([-100, 400, 900])
    const out = new Uint32Array(3)
    const overlay = { labels: Uint8Array.of(0, 1, 2), colours: COLOURS, opacity: 0.5 }
    drawSlice(volume, 'axial', 0, WINDOW, overlay, out)
    expect(bytes(out[0])).toEqual([0, 0, 0, 255])
    expect(bytes(out[1])).toEqual([174, 94, 89, 255])
    expect(bytes(out[2])).toEqual([152, 222, 210, 255])
  })

  it('leaves the CT as it is where an artery is hidden', () => {
    const volume = noiseVolume([1, 1, 2])
    volume.hu.fill(400)
    const out = new Uint32Array(2)
    const overlay = { labels: Uint8Array.of(1, 2), colours: [null, COLOURS[1] ?? null], opacity: 1 }
    drawSlice(volume, 'axial', 0, WINDOW, overlay, out)
    expect(bytes(out[0])).toEqual([128, 128, 128, 255])
    expect(bytes(out[1])).toEqual([50, 190, 165, 255])
  })

  it('leaves the CT as it is at opacity zero', () => {
    const volume = noiseVolume([1, 2, 2])
    const plain = new Uint32Array(4)
    const covered = new Uint32Array(4)
    const overlay = { labels: new Uint8Array(4).fill(1), colours: COLOURS, opacity: 0 }
    drawSlice(volume, 'axial', 0, WINDOW, null, plain)
    drawSlice(volume, 'axial', 0, WINDOW, overlay, covered)
    expect(covered).toEqual(plain)
  })
})
