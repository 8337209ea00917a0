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
