/** Loading the large parts of a case and telling of them as they grow, wherever that is done. */
import type { MediaManifest, VolumeManifest } from './manifest'
import { copiedSlices, loadLabels, loadRun, loadSlices, MediaError } from './mediaPack'

export type LargePart = 'ct' | 'labels' | `run ${number}`

export interface PartRequest {
  part: LargePart
  base: string
  manifest: MediaManifest
}

export type PartNews =
  /** Slices of the CT (int16) from this place in the stream on: the first, others while it lasts. */
  | { type: 'slices'; position: number; data: ArrayBuffer }
  /** The whole CT, which takes the place of all slices. */
  | { type: 'volume'; data: ArrayBuffer }
  | { type: 'labels'; data: ArrayBuffer }
  | { type: 'frame'; frame: number; data: ArrayBuffer }

/** Two runs at once leave room for CT, mask and tree among a browser's six connections. */
const FRAMES_AT_ONCE = 2

export async function loadPart(
  { part, base, manifest }: PartRequest,
  signal: AbortSignal,
  tell: (news: PartNews) => void,
): Promise<void> {
  if (part === 'ct') {
    await loadCt(base, manifest.volume, signal, tell)
  } else if (part === 'labels') {
    if (!manifest.labels) return
    const labels = await loadLabels(base, manifest.labels, manifest.volume, signal)
    tell({ type: 'labels', data: labels.buffer })
  } else {
    const run = manifest.runs[Number(part.slice('run '.length))]
    if (!run) return
    const arrived = (frame: number, data: ArrayBuffer) => {
      tell({ type: 'frame', frame, data })
    }
    await loadRun(base, run, signal, arrived, FRAMES_AT_ONCE)
  }
}

const TELL_AGAIN_MS = 400

/** The first slice is handed over at once; more before the end only where the rest is slow. */
async function loadCt(
  base: string,
  entry: VolumeManifest,
  signal: AbortSignal,
  tell: (news: PartNews) => void,
): Promise<void> {
  let told = 0
  let lastTold = 0
  const hu = await loadSlices(base, entry, signal, (loaded, filled) => {
    const now = performance.now()
    if (told > 0 && (now - lastTold < TELL_AGAIN_MS || loaded === entry.shape[0])) return
    const { buffer: data } = copiedSlices(filled, entry, told, loaded)
    tell({ type: 'slices', position: told, data })
    told = loaded
    lastTold = now
  })
  tell({ type: 'volume', data: hu.buffer })
}

/** What to say to the reader where a part could not be loaded. */
export function failureInWords(error: unknown): string {
  return error instanceof MediaError ? error.message : 'This image cannot be shown.'
}
