/** Loading the large parts of a case and telling of them as they grow, wherever that is done. */
import type { MediaManifest, RunManifest, VolumeManifest } from './manifest'
import { copiedSlices, framePixels, loadLabels, loadRun, loadSlices, MediaError } from './mediaPack'
import { canSubtract, preparedRun, type PreparedRun } from './preparedRun'

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
  /** A frame of a run, while the others last. */
  | { type: 'frame'; frame: number; data: ArrayBuffer }
  /** All frames of a run, and what is to be subtracted from them. */
  | { type: 'run'; frames: ArrayBuffer[]; prepared: PreparedRun | null }

/** The memory of a piece of news, which may be handed over. */
export function memoryOf(news: PartNews): ArrayBuffer[] {
  if (news.type !== 'run') return [news.data]
  const { frames, prepared } = news
  if (!prepared) return frames
  const { mean, subtraction } = prepared
  const arrays = [mean, subtraction.mask, subtraction.transfer]
  return [...frames, ...arrays.map(({ buffer }) => buffer as ArrayBuffer)]
}

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
    await loadWholeRun(base, run, signal, tell)
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

/** A run is handed over when all of it is there; frames before that only where it is slow. */
async function loadWholeRun(
  base: string,
  run: RunManifest,
  signal: AbortSignal,
  tell: (news: PartNews) => void,
): Promise<void> {
  const frames = run.frames.map((): ArrayBuffer | null => null)
  let untold: number[] = []
  let lastTold = performance.now()
  const arrived = (frame: number, data: ArrayBuffer) => {
    frames[frame] = data
    untold.push(frame)
    if (performance.now() - lastTold < TELL_AGAIN_MS) return
    for (const one of untold) tell({ type: 'frame', frame: one, data: copyOf(frames[one]) })
    untold = []
    lastTold = performance.now()
  }
  await loadRun(base, run, signal, arrived, FRAMES_AT_ONCE)
  const whole = frames.flatMap((data) => data ?? [])
  const pixels = whole.map((data) => framePixels(run, data))
  const prepared = canSubtract(run) ? preparedRun(run, pixels, run.maskFrames) : null
  tell({ type: 'run', frames: whole, prepared })
}

const copyOf = (data: ArrayBuffer | null | undefined) => data?.slice(0) ?? new ArrayBuffer(0)

/** What to say to the reader where a part could not be loaded. */
export function failureInWords(error: unknown): string {
  return error instanceof MediaError ? error.message : 'This image cannot be shown.'
}
