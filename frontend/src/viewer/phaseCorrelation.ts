/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/**
 * By how much one image lies off another, found by phase correlation.
 *
 * Kuglin and Hines 1975: the cross power spectrum of two images that differ by a shift, divided by
 * its magnitude, is a plane wave, whose inverse transform is a peak at the shift. Contrast that is
 * in one image alone takes part of the peak's height, not its place. Here the spectrum is weighted
 * by a Gaussian, which leaves noisy high frequencies out and makes the peak a Gaussian too, so that
 * the parabola through the logarithms of its three middle values gives parts of a pixel exactly.
 */
import { complexImage, fourier, inverseFourier, powerOfTwoFrom, type ComplexImage } from './fourier'
import { moved, type Shift } from './pixelShift'

/** A grey image, row by row. */
export interface GreyImage {
  rows: number
  columns: number
  values: Float32Array
}

/** Whole pixels of an image; the ends are left out. */
export interface Field {
  top: number
  bottom: number
  left: number
  right: number
}

export interface FoundShift {
  /** What the second image must be moved by to lie upon the first, [down, right] in pixels. */
  shift: Shift
  /** Height of the peak: 1 for equal images, near 0 for unrelated ones. */
  peak: number
}

/** Patients move by less; a peak further off is chance. */
export const FURTHEST_PX = 24
/** How many standard deviations of chance a peak has to rise above unrelated images. */
const BEYOND_CHANCE = 9
/** Larger fields are taken in blocks of pixels: their transform would take seconds. */
const LARGEST_SIDE = 512
/** Width of the peak, in pixels or blocks. */
const PEAK_SIGMA = 1.5
/** The window takes the same part of both images, which draws the peak towards 0: look again. */
const PASSES = 3
const CLOSE_ENOUGH_PX = 0.02

/** The shift that lays `image` upon `target` within `field`; null where none can be told. */
export function findShift(target: GreyImage, image: GreyImage, field: Field): FoundShift | null {
  const { rows, columns } = image
  const block = Math.ceil(
    Math.max(field.bottom - field.top, field.right - field.left) / LARGEST_SIDE,
  )
  const fixed = windowed(target.values, columns, field, block)
  let shift: Shift = [0, 0]
  let peak = 0
  for (let pass = 0; pass < PASSES; pass += 1) {
    const values = moved(image.values, rows, columns, shift)
    const found = peakOf(fixed, windowed(values, columns, field, block), FURTHEST_PX / block)
    if (!found || (pass === 0 && found.peak < BEYOND_CHANCE * found.chance)) return null
    const [down, right] = found.shift
    shift = [shift[0] + down * block, shift[1] + right * block]
    peak = found.peak
    if (Math.hypot(down, right) * block < CLOSE_ENOUGH_PX) break
  }
  return Math.max(...shift.map(Math.abs)) <= FURTHEST_PX ? { shift, peak } : null
}

interface Patch {
  rows: number
  columns: number
  values: Float64Array
}

/**
 * The field in blocks of `block`² pixels, its mean taken away, fading to 0 at its borders (Hann):
 * a transform takes the image to repeat itself, and the border would be an edge that never moves.
 */
function windowed(
  values: Float32Array,
  imageColumns: number,
  { top, bottom, left, right }: Field,
  block: number,
): Patch {
  const rows = Math.floor((bottom - top) / block)
  const columns = Math.floor((right - left) / block)
  const patch = new Float64Array(rows * columns)
  for (let row = 0; row < rows * block; row += 1) {
    const from = (top + row) * imageColumns + left
    const to = Math.floor(row / block) * columns
    for (let column = 0; column < columns * block; column += 1) {
      patch[to + Math.floor(column / block)]! += values[from + column]!
    }
  }
  const down = hann(rows)
  const across = hann(columns)
  let sum = 0
  let weights = 0
  forEachPixel(rows, columns, (i, row, column) => {
    const weight = down[row]! * across[column]!
    sum += weight * patch[i]!
    weights += weight
  })
  const mean = sum / weights
  forEachPixel(rows, columns, (i, row, column) => {
    patch[i] = (patch[i]! - mean) * down[row]! * across[column]!
  })
  return { rows, columns, values: patch }
}

function hann(length: number): Float64Array {
  return Float64Array.from(
    { length },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / length),
  )
}

function forEachPixel(
  rows: number,
  columns: number,
  visit: (i: number, row: number, column: number) => void,
): void {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) visit(row * columns + column, row, column)
  }
}

interface Peak extends FoundShift {
  /** Standard deviation of the correlation of unrelated images. */
  chance: number
}

function peakOf(target: Patch, image: Patch, furthest: number): Peak | null {
  const both = complexImage(powerOfTwoFrom(target.rows), powerOfTwoFrom(target.columns))
  forEachPixel(target.rows, target.columns, (i, row, column) => {
    both.real[row * both.columns + column] = target.values[i]!
    both.imaginary[row * both.columns + column] = image.values[i]!
  })
  fourier(both)
  const { spectrum, weight } = crossPhases(both)
  if (weight === 0) return null
  inverseFourier(spectrum)
  const chance = (PEAK_SIGMA * Math.sqrt(Math.PI)) / Math.sqrt(spectrum.real.length)
  return { ...highestNearby(spectrum, furthest, weight), chance }
}

/**
 * The normalised cross power spectrum of the real and the imaginary part of what was transformed.
 *
 * Of z = a + ib the transforms are A(k) = (Z(k) + Z*(−k))/2, B(k) = (Z(k) − Z*(−k))/2i.
 */
function crossPhases(both: ComplexImage) {
  const { rows, columns, real, imaginary } = both
  const spectrum = complexImage(rows, columns)
  const down = gaussian(rows)
  const across = gaussian(columns)
  let weight = 0
  forEachPixel(rows, columns, (i, row, column) => {
    const opposite = ((rows - row) % rows) * columns + ((columns - column) % columns)
    const aReal = real[i]! + real[opposite]!
    const aImaginary = imaginary[i]! - imaginary[opposite]!
    const bReal = imaginary[i]! + imaginary[opposite]!
    const bImaginary = real[opposite]! - real[i]!
    const crossReal = aReal * bReal + aImaginary * bImaginary
    const crossImaginary = aImaginary * bReal - aReal * bImaginary
    const size = Math.hypot(crossReal, crossImaginary)
    if (size === 0) return
    const share = down[row]! * across[column]!
    spectrum.real[i] = (crossReal / size) * share
    spectrum.imaginary[i] = (crossImaginary / size) * share
    weight += share
  })
  return { spectrum, weight }
}

/** Transform of a Gaussian of {@link PEAK_SIGMA}, by frequency. */
function gaussian(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const frequency = Math.min(i, length - i) / length
    return Math.exp(-2 * (Math.PI * PEAK_SIGMA * frequency) ** 2)
  })
}

function highestNearby(correlation: ComplexImage, furthest: number, weight: number): FoundShift {
  const { rows, columns, real } = correlation
  const at = (down: number, right: number) =>
    real[((down + rows) % rows) * columns + ((right + columns) % columns)]!
  const reachDown = Math.min(Math.floor(furthest), Math.floor(rows / 2) - 1)
  const reachRight = Math.min(Math.floor(furthest), Math.floor(columns / 2) - 1)
  let best = { down: 0, right: 0, value: -Infinity }
  for (let down = -reachDown; down <= reachDown; down += 1) {
    for (let right = -reachRight; right <= reachRight; right += 1) {
      const value = at(down, right)
      if (value > best.value) best = { down, right, value }
    }
  }
  const { down, right, value } = best
  return {
    shift: [
      down + topOfGaussian(at(down - 1, right), value, at(down + 1, right)),
      right + topOfGaussian(at(down, right - 1), value, at(down, right + 1)),
    ],
    peak: (value * rows * columns) / weight,
  }
}

/** Where a Gaussian through three neighbouring values is highest, from the middle one. */
function topOfGaussian(before: number, middle: number, after: number): number {
  if (before <= 0 || after <= 0 || middle <= Math.max(before, after)) return 0
  const [a, b, c] = [Math.log(before), Math.log(middle), Math.log(after)]
  return (a - c) / (2 * (a - 2 * b + c))
}
