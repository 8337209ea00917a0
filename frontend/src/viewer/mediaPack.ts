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

/** Read a stream to its end, which must come after `total` bytes. */
async function readPieces(
  stream: ReadableStream<Uint8Array>,
  total: number,
  onPiece: (piece: Uint8Array, received: number) => void,
): Promise<void> {
  let received = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    if (received + value.length > total) {
      await reader.cancel()
      throw new MediaError('More image data arrived than was announced. Reload the page.')
    }
    onPiece(value, received)
    received += value.length
  }
  if (received !== total) {
    throw new MediaError('The image data ended early. Try again.')
  }
}

/** Copy a stream of equally long slices to their places in `target`. */
export async function placeSlices(
  stream: ReadableStream<Uint8Array>,
  target: Uint8Array,
  sliceBytes: number,
  sliceOrder: readonly number[],
): Promise<void> {
  await readPieces(stream, sliceBytes * sliceOrder.length, (piece, before) => {
    for (let offset = 0; offset < piece.length;) {
      const received = before + offset
      const within = received % sliceBytes
      const length = Math.min(sliceBytes - within, piece.length - offset)
      const slice = sliceOrder[Math.floor(received / sliceBytes)] ?? 0
      target.set(piece.subarray(offset, offset + length), slice * sliceBytes + within)
      offset += length
    }
  })
}

/** An all-air volume of the announced size, to be filled by {@link placeInVolume}. */
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

const SLICES_AT_ONCE = 8

/**
 * Hand over whole slices of the CT as they come in, `position` counting in the order of the
 * stream: the first alone, so that it is seen at once, the others by the handful.
 */
export async function loadSlices(
  base: string,
  entry: VolumeManifest,
  signal: AbortSignal,
  onSlices: (position: number, data: ArrayBuffer) => void,
): Promise<void> {
  checkSliceOrder(entry)
  const [slices, rows, columns] = entry.shape
  const sliceBytes = rows * columns * Int16Array.BYTES_PER_ELEMENT
  const stream = await fetchFile(base + entry.file, 'The CT', signal)
  await readOrExplain('The CT', signal, () =>
    readSlices(inflate(stream), sliceBytes, slices, onSlices),
  )
}

async function readSlices(
  stream: ReadableStream<Uint8Array>,
  sliceBytes: number,
  slices: number,
  onSlices: (position: number, data: ArrayBuffer) => void,
): Promise<void> {
  const count = (position: number) => (position === 0 ? 1 : Math.min(SLICES_AT_ONCE, slices - position))
  let position = 0
  let handful = new Uint8Array(sliceBytes * count(0))
  let filled = 0
  await readPieces(stream, sliceBytes * slices, (piece) => {
    for (let offset = 0; offset < piece.length;) {
      const length = Math.min(handful.length - filled, piece.length - offset)
      handful.set(piece.subarray(offset, offset + length), filled)
      filled += length
      offset += length
      if (filled < handful.length) continue
      onSlices(position, handful.buffer)
      position += count(position)
      handful = new Uint8Array(sliceBytes * count(position))
      filled = 0
    }
  })
}

/** Put slices that {@link loadSlices} handed over into their places; returns how many are there. */
export function placeInVolume(
  volume: CtVolume,
  { sliceOrder }: VolumeManifest,
  position: number,
  data: ArrayBuffer,
): number {
  const area = volume.shape[1] * volume.shape[2]
  const hu = new Int16Array(data)
  const count = hu.length / area
  for (let index = 0; index < count; index += 1) {
    const slice = hu.subarray(index * area, (index + 1) * area)
    volume.hu.set(slice, (sliceOrder[position + index] ?? 0) * area)
  }
  return position + count
}

/** The artery mask, laid out like the volume. */
export async function loadLabels(
  base: string,
  entry: LabelsManifest,
  volume: VolumeManifest,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
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

/** The pixels of one frame of a run; {@link framePixels} says how to read them. */
export async function loadFrame(
  base: string,
  run: RunManifest,
  frame: number,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
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
  return buffer
}

export function framePixels(run: RunManifest, data: ArrayBuffer): FramePixels {
  return run.bits === 8 ? new Uint8Array(data) : new Uint16Array(data)
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
  onFrame: (frame: number, data: ArrayBuffer) => void,
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
