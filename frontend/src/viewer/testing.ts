/** Small constructed media for the tests of the viewer. */
import type { RunManifest, VolumeManifest } from './manifest'
import type { CtVolume } from './mediaPack'
import type { Vec3 } from './vector'

/** Reproducible numbers in [0, 1) (Park–Miller). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

export function noiseVolume(shape: Vec3, seed = 1): CtVolume {
  const random = randomNumbers(seed)
  const hu = Int16Array.from({ length: shape[0] * shape[1] * shape[2] }, () =>
    Math.floor(-200 + 1200 * random()),
  )
  return { shape, spacing: [1.5, 0.5, 0.75], origin: [0, 0, 0], clip: [-200, 1000], hu }
}

export function volumeManifest(shape: Vec3, sliceOrder: number[]): VolumeManifest {
  return {
    file: 'volume.bin',
    shape,
    spacing: [1.5, 0.5, 0.75],
    origin: [0, 0, 0],
    clip: [-200, 1000],
    sliceOrder,
  }
}

export function runManifest(changes: Partial<RunManifest> = {}): RunManifest {
  return {
    name: 'Run 1',
    frames: ['run1/0.bin', 'run1/1.bin', 'run1/2.bin'],
    rows: 1024,
    columns: 960,
    bits: 16,
    frameStartsMs: [0, 250, 500],
    maskFrames: [0],
    maskShift: [0, 0],
    alreadySubtracted: false,
    logarithmic: false,
    window: [0, 4095],
    primaryDeg: [30],
    secondaryDeg: [20],
    sidMm: 1100,
    sodMm: 750,
    detectorSpacingMm: [0.3, 0.25],
    isocentre: [3, -4, 12],
    ...changes,
  }
}

export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const { body } = new Response(bytes)
  if (!body) throw new Error('bytes make a body')
  return new Response(body.pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
}

/** Images packed as the server does it, bit by bit; `filling` bytes stand before them. */
export function packImages(
  images: readonly ArrayLike<number>[],
  columns: number,
  filling = 0,
): Uint8Array<ArrayBuffer> {
  const bytes = [...new TextEncoder().encode('RSP1'), ...word(8 + filling)]
  for (let i = 0; i < filling; i += 1) bytes.push(255)
  for (const image of images) bytes.push(...packedImage(Array.from(image), columns))
  return Uint8Array.from(bytes)
}

function packedImage(pixels: readonly number[], columns: number): number[] {
  const differences = pixels.map((value, i) => ((value - (pixels[i - columns] ?? 0)) << 16) >> 16)
  const widths: number[] = []
  const words: number[] = []
  for (let start = 0; start < differences.length; start += 32) {
    const block = differences.slice(start, start + 32)
    const holds = (w: number) => block.every((d) => d >= -(2 ** (w - 1)) && d < 2 ** (w - 1))
    let width = block.some((d) => d !== 0) ? 1 : 0
    while (width > 0 && !holds(width)) width += 1
    widths.push(width)
    const bits = Array.from({ length: 32 }, (_, i) => (block[i] ?? 0) + 2 ** (width - 1))
      .map((value) => Array.from({ length: width }, (_, bit) => (value >> bit) & 1))
      .flat()
    for (let at = 0; at < bits.length; at += 8) {
      words.push(bits.slice(at, at + 8).reduce((sum, bit, place) => sum + bit * 2 ** place, 0))
    }
  }
  while (widths.length % 4 > 0) widths.push(0)
  return [...widths, ...words]
}

/** Stretches of labels packed as the server does it. */
export function packLabels(
  stretches: readonly (readonly [start: number, length: number, label: number])[],
): Uint8Array<ArrayBuffer> {
  const bytes = [...new TextEncoder().encode('RSL1'), ...word(8)]
  for (const [start, length, label] of stretches) {
    bytes.push(...word(start), ...word(length + label * 2 ** 16))
  }
  return Uint8Array.from(bytes)
}

const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255)
