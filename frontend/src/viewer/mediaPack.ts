/**
 * What the server sends for one case, and how it is fetched: the CT as one gzipped stream whose
 * slices arrive from the middle outwards, the artery mask in the same order, the artery tree as
 * binary glTF and every DSA frame on its own.
 */
import type { LabelsManifest, MediaManifest, RunManifest, VolumeManifest } from './manifest'
import type { Vec3 } from './vector'

export type FramePixels = Uint8Array | Uint16Array

/** The CT (and, once it is there, its artery mask), filled while it streams in. */
export interface CtVolume {
  shape: Vec3
  spacing: Vec3
  origin: Vec3
  clip: [number, number]
  /** HU, slice by slice from the feet upwards. */
  hu: Int16Array
}

/** An image that could not be had; the message is written for the reader. */
export class MediaError extends Error {
  override name = 'MediaError'
}

const MOMENT_BEFORE_RETRY_MS = [400, 1500]

/** Fetch one file, trying again where the network or the server had a weak moment. */
export async function fetchFile(
  url: string,
  what: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  for (let attempt = 0; ; attempt += 1) {
    const failure = await tryFetch(url, what, signal)
    if (failure instanceof ReadableStream) return failure
    const pause = MOMENT_BEFORE_RETRY_MS[attempt]
    if (!failure.worthRetrying || pause === undefined) throw new MediaError(failure.message)
    await sleep(pause, signal)
  }
}

async function tryFetch(url: string, what: string, signal: AbortSignal) {
  let response: Response
  try {
    response = await fetch(url, { signal, credentials: 'same-origin' })
  } catch (error) {
    if (signal.aborted) throw error
    return {
      worthRetrying: true,
      message: `${what} could not be loaded: the server cannot be reached. Check the network, then try again.`,
    }
  }
  if (response.ok && response.body) return response.body
  return response.status >= 500
    ? {
        worthRetrying: true,
        message: `${what} could not be loaded: the server reported a fault (${response.status}). Try again in a moment.`,
      }
    : {
        worthRetrying: false,
        message: `${what} could not be loaded: its address is no longer valid (${response.status}). Reload the page.`,
      }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal.addEventListener('abort', abort, { once: true })
  })
}

function inflate(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  return stream.pipeThrough(new DecompressionStream('gzip'))
}

/**
 * Copy a stream of equally long slices to their places in `target`.
 *
 * `onSlice` is called with the slice index as soon as each one is complete.
 */
export async function placeSlices(
  stream: ReadableStream<Uint8Array>,
  target: Uint8Array,
  sliceBytes: number,
  sliceOrder: readonly number[],
  onSlice?: (slice: number, received: number) => void,
): Promise<void> {
  const total = sliceBytes * sliceOrder.length
  let received = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (received + value.length > total) {
      await reader.cancel()
      throw new MediaError('More image data arrived than was announced. Reload the page.')
    }
    for (let offset = 0; offset < value.length;) {
      const position = Math.floor(received / sliceBytes)
      const within = received % sliceBytes
      const length = Math.min(sliceBytes - within, value.length - offset)
      const slice = sliceOrder[position] ?? 0
      target.set(value.subarray(offset, offset + length), slice * sliceBytes + within)
      received += length
      offset += length
      if (within + length === sliceBytes) onSlice?.(slice, position + 1)
    }
  }
  if (received !== total) {
    throw new MediaError('The image data ended early. Try again.')
  }
}

/** An all-air volume of the announced size, to be filled by {@link loadVolume}. */
export function emptyVolume(entry: VolumeManifest): CtVolume {
  const [slices, rows, columns] = entry.shape
  return {
    shape: entry.shape,
    spacing: entry.spacing,
    origin: entry.origin,
    clip: entry.clip,
    hu: new Int16Array(slices * rows * columns).fill(entry.clip[0]),
  }
}

function checkSliceOrder({ shape: [slices], sliceOrder }: VolumeManifest) {
  if (
    sliceOrder.length !== slices ||
    !sliceOrder.every((slice) => Number.isInteger(slice) && slice >= 0 && slice < slices) ||
    new Set(sliceOrder).size !== slices
  ) {
    throw new MediaError('The CT is described wrongly: its slice order is not complete.')
  }
}

/** Stream the CT into `volume`; `onSlice` hears of every finished slice, the middle one first. */
export async function loadVolume(
  base: string,
  entry: VolumeManifest,
  volume: CtVolume,
  signal: AbortSignal,
  onSlice?: (slice: number, received: number) => void,
): Promise<void> {
  checkSliceOrder(entry)
  const bytes = new Uint8Array(volume.hu.buffer)
  const sliceBytes = volume.shape[1] * volume.shape[2] * Int16Array.BYTES_PER_ELEMENT
  const stream = await fetchFile(base + entry.file, 'The CT', signal)
  await readOrExplain('The CT', signal, () =>
    placeSlices(inflate(stream), bytes, sliceBytes, entry.sliceOrder, onSlice),
  )
}

/** The artery mask, laid out like the volume. */
export async function loadLabels(
  base: string,
  entry: LabelsManifest,
  volume: VolumeManifest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  checkSliceOrder(volume)
  const [slices, rows, columns] = volume.shape
  const labels = new Uint8Array(slices * rows * columns)
  const stream = await fetchFile(base + entry.file, 'The segmentation', signal)
  await readOrExplain('The segmentation', signal, () =>
    placeSlices(inflate(stream), labels, rows * columns, volume.sliceOrder),
  )
  return labels
}

/** The artery tree as binary glTF. */
export async function loadTree(
  base: string,
  entry: NonNullable<MediaManifest['tree']>,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const stream = await fetchFile(base + entry.file, 'The artery tree', signal)
  return readOrExplain('The artery tree', signal, () => new Response(stream).arrayBuffer())
}

/** One frame of a run. */
export async function loadFrame(
  base: string,
  run: RunManifest,
  frame: number,
  signal: AbortSignal,
): Promise<FramePixels> {
  const what = `Frame ${frame + 1} of ${run.name}`
  const file = run.frames[frame]
  if (file === undefined) throw new MediaError(`${what} does not exist.`)
  const stream = await fetchFile(base + file, what, signal)
  const buffer = await readOrExplain(what, signal, () =>
    new Response(inflate(stream)).arrayBuffer(),
  )
  const pixels = run.rows * run.columns
  if (buffer.byteLength !== (pixels * run.bits) / 8) {
    throw new MediaError(`${what} has the wrong size. Reload the page.`)
  }
  return run.bits === 8 ? new Uint8Array(buffer) : new Uint16Array(buffer)
}

/** Mask frames first, since subtraction waits for them, then cine order. */
export function frameLoadingOrder(run: RunManifest): number[] {
  const masks = run.alreadySubtracted ? [] : run.maskFrames
  return [...new Set([...masks, ...run.frames.keys()])]
}

/** Fetch all frames of a run, at most `concurrency` at a time. */
export async function loadRun(
  base: string,
  run: RunManifest,
  signal: AbortSignal,
  onFrame: (frame: number, pixels: FramePixels) => void,
  concurrency = 4,
): Promise<void> {
  const waiting = frameLoadingOrder(run)
  const work = async () => {
    for (let frame = waiting.shift(); frame !== undefined; frame = waiting.shift()) {
      onFrame(frame, await loadFrame(base, run, frame, signal))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}

async function readOrExplain<T>(
  what: string,
  signal: AbortSignal,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (signal.aborted || error instanceof MediaError) throw error
    throw new MediaError(`${what} did not arrive whole. Try again.`)
  }
}
