/** The media manifest: what the server tells about the images of one case. */
import type { Vec3 } from './vector'

export interface VolumeManifest {
  file: string
  shape: [slices: number, rows: number, columns: number]
  /** Distances in mm. */
  spacing: [z: number, y: number, x: number]
  /** Centre of voxel (0, 0, 0), LPS, mm. */
  origin: Vec3
  /** Lowest and highest HU kept. */
  clip: [low: number, high: number]
  /** Slice index of each slice of the stream. */
  sliceOrder: number[]
}

export interface LabelsManifest {
  file: string
  /** Artery by label value. */
  names: Record<string, string>
  /** "#rrggbb" by label value; the colours of the tree. */
  colours: Record<string, string>
}

export interface RunManifest {
  name: string
  /** Index of the run that the other plane of a biplane system took at the same time. */
  partner?: number | null
  frames: string[]
  rows: number
  columns: number
  bits: 8 | 16
  /** Start of each frame in ms from the first. */
  frameStartsMs: number[]
  /** 0-based; empty where there is nothing to subtract. */
  maskFrames: number[]
  /** Shift of the mask in pixels. */
  maskShift: [down: number, right: number]
  alreadySubtracted: boolean
  /** Grey values are proportional to attenuation already. */
  logarithmic: boolean
  /** Grey values shown as black and white. */
  window: [low: number, high: number]
  /** One angle for the run, or one for each frame. */
  primaryDeg: number[] | null
  secondaryDeg: number[] | null
  sidMm: number | null
  sodMm: number | null
  detectorSpacingMm: [row: number, column: number] | null
  /** LPS, mm. */
  isocentre: Vec3
  /** Whether the headers say where the isocentre lies in the CT; absent in older packs. */
  isocentreKnown?: boolean
}

export interface MediaManifest {
  volume: VolumeManifest
  labels: LabelsManifest | null
  tree: { file: string } | null
  runs: RunManifest[]
  /** What was corrected before display, in words. */
  corrections: string[]
}
