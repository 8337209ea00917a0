/** Loading the large parts of a case and telling of them as they grow, wherever that is done. */
import type { MediaManifest } from './manifest'
import { loadLabels, loadRun, loadSlices, MediaError } from './mediaPack'

export type LargePart = 'ct' | 'labels' | `run ${number}`

export interface PartRequest {
  part: LargePart
  base: string
  manifest: MediaManifest
}

export type PartNews =
  /** Whole slices of the CT (int16), from this place in the stream on. */
  | { type: 'slices'; position: number; data: ArrayBuffer }
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
    await loadSlices(base, manifest.volume, signal, (position, data) => {
      tell({ type: 'slices', position, data })
    })
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

/** What to say to the reader where a part could not be loaded. */
export function failureInWords(error: unknown): string {
  return error instanceof MediaError ? error.message : 'This image cannot be shown.'
}
