/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/** A shift of the mask for a frame before which the patient moved, proposed for a reader to judge. */
import { transferTable } from './dsa'
import type { RunManifest } from './manifest'
import type { FramePixels } from './mediaPack'
import { findShift, type Field, type GreyImage } from './phaseCorrelation'
import type { Shift } from './pixelShift'

type ProposalRun = Pick<RunManifest, 'rows' | 'columns' | 'bits' | 'logarithmic' | 'window'>

/** Finer shifts cannot be told apart on screen. */
const PROPOSED_STEP_PX = 0.1
/** How much quieter the subtraction has to become at least. */
const QUIETER = 0.99

/**
 * The shift under which the mask lies upon `frame`; null where none subtracts plainly better than
 * the one in place.
 *
 * @param mean The mean of the mask frames in stored greys, not shifted.
 * @param current The shift in place.
 */
export function proposeShift(
  frame: FramePixels,
  mean: Float32Array,
  run: ProposalRun,
  current: Shift,
): Shift | null {
  const field = litField(mean, run)
  const target = attenuation(frame, run)
  const image = attenuation(mean, run)
  const found = findShift(target, image, field)
  if (!found) return null
  const shift: Shift = [rounded(found.shift[0]), rounded(found.shift[1])]
  const before = alike(current, shift)
  if (before[0] === shift[0] && before[1] === shift[1]) return null
  const quieter =
    residue(target, image, field, shift) < QUIETER * residue(target, image, field, before)
  return quieter ? shift : null
}

function rounded(px: number): number {
  return Math.round(px / PROPOSED_STEP_PX) / (1 / PROPOSED_STEP_PX) + 0
}

/** What a stored grey says of the path through the patient; behind the collimator it says nothing. */
function attenuation(values: ArrayLike<number>, run: ProposalRun): GreyImage {
  const transfer = transferTable(run)
  const [darkest] = run.window
  const { rows, columns } = run
  return {
    rows,
    columns,
    values: Float32Array.from(values, (v) => transfer[Math.round(Math.max(v, darkest))]!),
  }
}

const MOSTLY = 0.5

/** The part of the image that X-rays reached: collimators do not move with the patient. */
export function litField(
  image: ArrayLike<number>,
  { rows, columns, window: [darkest] }: Pick<RunManifest, 'rows' | 'columns' | 'window'>,
): Field {
  const litInRow = new Uint32Array(rows)
  const litInColumn = new Uint32Array(columns)
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (image[row * columns + column]! <= darkest) continue
      litInRow[row]! += 1
      litInColumn[column]! += 1
    }
  }
  const [top, bottom] = mostlyLit(litInRow)
  const [left, right] = mostlyLit(litInColumn)
  return { top, bottom, left, right }
}

function mostlyLit(counts: Uint32Array): [from: number, to: number] {
  const enough = MOSTLY * Math.max(...counts)
  return [
    counts.findIndex((count) => count >= enough),
    counts.findLastIndex((count) => count >= enough) + 1,
  ]
}

/**
 * The shift nearest to `current` with the same parts of a pixel as `shift`: interpolation smooths
 * noise, so only shifts that interpolate alike can be compared by what is left.
 */
function alike(current: Shift, shift: Shift): Shift {
  const near = (from: number, to: number) => rounded(to - Math.round(to - from))
  return [near(current[0], shift[0]), near(current[1], shift[1])]
}

const RESIDUE_SAMPLES = 40_000
/** Larger differences are vessels that have filled; they count no more than this. */
const TRUNCATED_AT = 3

/** What subtraction leaves where no contrast is: the mean truncated absolute difference. */
function residue(target: GreyImage, image: GreyImage, field: Field, [down, right]: Shift): number {
  const { columns, values } = image
  const margin = 1 + Math.ceil(Math.max(Math.abs(down), Math.abs(right)))
  const width = field.right - field.left - 2 * margin
  const height = field.bottom - field.top - 2 * margin
  const stride = Math.max(1, Math.floor((width * height) / RESIDUE_SAMPLES)) | 1
  const wholeDown = Math.floor(-down)
  const wholeRight = Math.floor(-right)
  const shareDown = -down - wholeDown
  const shareRight = -right - wholeRight
  const differences: number[] = []
  for (let n = 0; n < width * height; n += stride) {
    const row = field.top + margin + Math.floor(n / width)
    const column = field.left + margin + (n % width)
    const at = (row + wholeDown) * columns + column + wholeRight
    const upper = values[at]! * (1 - shareRight) + values[at + 1]! * shareRight
    const lower =
      values[at + columns]! * (1 - shareRight) + values[at + columns + 1]! * shareRight
    differences.push(target.values[row * columns + column]! - (upper + (lower - upper) * shareDown))
  }
  const middle = median(differences)
  const deviations = differences.map((difference) => Math.abs(difference - middle))
  const most = TRUNCATED_AT * median(deviations)
  return deviations.reduce((sum, deviation) => sum + Math.min(deviation, most), 0) / deviations.length
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0
}
