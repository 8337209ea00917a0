import type { LabelsManifest } from './manifest'
import type { Rgb } from './mpr'

const UNNAMED: Rgb = [200, 200, 200]

/** Colour of each label, from 1 upwards. */
export function arteryColours({ colours }: LabelsManifest): readonly Rgb[] {
  const last = Math.max(1, ...Object.keys(colours).map(Number))
  return Array.from({ length: last }, (_, i) => parseHex(colours[i + 1]) ?? UNNAMED)
}

/** The labels that a volume holds. */
export function labelsIn(labels: Uint8Array): ReadonlySet<number> {
  const found = new Uint8Array(256)
  for (const label of labels) found[label] = 1
  return new Set([...found.keys()].filter((label) => label > 0 && found[label] === 1))
}

function parseHex(hex = ''): Rgb | null {
  const [red, green, blue] = (hex.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => parseInt(pair, 16))
  return red === undefined || green === undefined || blue === undefined ? null : [red, green, blue]
}
