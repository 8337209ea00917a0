import type { Rgb } from './mpr'

const ARTERY: Rgb = [226, 88, 72]

/** Neighbouring labels are the right and left of one artery: same hue, left lighter. */
const TERRITORIES: readonly Rgb[] = [
  [205, 62, 56],
  [238, 122, 112],
  [226, 126, 38],
  [245, 172, 100],
  [205, 172, 40],
  [236, 212, 112],
  [128, 168, 52],
  [178, 208, 112],
  [52, 160, 92],
  [116, 202, 146],
  [34, 158, 160],
  [104, 204, 206],
  [62, 122, 214],
  [128, 170, 240],
  [118, 92, 210],
  [168, 148, 240],
  [190, 84, 190],
  [196, 120, 160],
  [228, 166, 196],
]

/** Colour of each label from 1 upwards; a single artery label is red. */
export function arteryColours(names: Record<string, string>): readonly Rgb[] {
  return Object.keys(names).length > 1 ? TERRITORIES : [ARTERY]
}
