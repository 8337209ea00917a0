/**
 * What the server sends for one case, and how it is fetched: the CT as one stream whose slices
 * arrive from the middle outwards, the artery mask, the artery tree as binary glTF and each DSA run.
 *
 * Pixels are packed (`packedPixels.ts`). Packs that were made before are gzipped arrays: the mask in
 * the order of the slices, and every frame in a file of its own.
 */
import { Incoming } from './incoming'
import type { LabelsManifest, MediaManifest, RunManifest, VolumeManifest } from './manifest'
import {
  blocksOf,
  HEADER_BYTES,
  IMAGES_MAGIC,
  LABELS_MAGIC,
  unpackImage,
  unpackLabels,
  wordsOf,
} from './packedPixels'
import type { Vec3 } from './vector'

export type FramePixels = Uint8Array | Uint16Array

/** The CT (and, once it is there, its artery mask), filled while it streams in. */
export interface CtVolume {
  shape: Vec3
  spacing: Vec3
  origin: Vec3
  clip: [number, number]
  /** HU, slice by slice from the feet upwards; empty until more than one slice is there. */
  hu: Int16Array
  /** The middle slice, which comes first and is drawn before there is a volume. */
  firstSlice?: Int16Array
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
  onSlice?: (loaded: number) => void,
): Promise<void> {
  await readPieces(stream, sliceBytes * sliceOrder.length, (piece, before) => {
    for (let offset = 0; offset < piece.length;) {
      const received = before + offset
      const within = received % sliceBytes
      const length = Math.min(sliceBytes - within, piece.length - offset)
      const position = Math.floor(received / sliceBytes)
      const slice = sliceOrder[position] ?? 0
      target.set(piece.subarray(offset, offset + length), slice * sliceBytes + within)
      offset += length
      if (within + length === sliceBytes) onSlice?.(position + 1)
    }
  })
}

const EARLY = 'The image data ended early. Try again.'
const DAMAGED = 'The image data is damaged. Try again.'

/** Whether the stream begins with the magic word of packed pixels; if so, it is left behind. */
async function isPacked(incoming: Incoming, magic: string): Promise<boolean> {
  const beginning = await incoming.peek(HEADER_BYTES)
  if (!beginning || String.fromCharCode(...beginning.subarray(0, 4)) !== magic) return false
  const place = new DataView(beginning.buffer).getUint32(4, true)
  // What fills the file up lies between.
  if (!(await incoming.take(place))) throw new MediaError(EARLY)
  return true
}

/** Unpack the next image of the stream into `out`. */
async function readImage(
  incoming: Incoming,
  columns: number,
  out: Uint8Array | Uint16Array | Int16Array,
): Promise<void> {
  const blocks = blocksOf(out.length)
  const widths = (await incoming.take(Math.ceil(blocks / 4) * 4))?.slice()
  if (!widths) throw new MediaError(EARLY)
  const words = wordsOf(widths, blocks)
  if (words === null) throw new MediaError(DAMAGED)
  const bytes = await incoming.take(words * Uint32Array.BYTES_PER_ELEMENT)
  if (!bytes) throw new MediaError(EARLY)
  unpackImage(widths, new Uint32Array(bytes.buffer, 0, words), columns, unsigned(out))
}

/** The same memory; numbers wrap alike, and code that meets one kind of array only is quicker. */
function unsigned(pixels: Uint8Array | Uint16Array | Int16Array): Uint8Array | Uint16Array {
  if (!(pixels instanceof Int16Array)) return pixels
  return new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length)
}

export const NO_VOXELS = new Int16Array(0)

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

/**
 * Load the CT.
 *
 * @param onSlice Told after each slice how many are there, counted in the order of the stream, and
 *   the volume that is filled with them.
 */
export async function loadSlices(
  base: string,
  entry: VolumeManifest,
  signal: AbortSignal,
  onSlice: (loaded: number, hu: Int16Array<ArrayBuffer>) => void,
): Promise<Int16Array<ArrayBuffer>> {
  checkSliceOrder(entry)
  const [slices, rows, columns] = entry.shape
  const area = rows * columns
  const stream = await fetchFile(base + entry.file, 'The CT', signal)
  const hu = new Int16Array(slices * area)
  await readOrExplain('The CT', signal, async () => {
    const incoming = new Incoming(stream)
    if (!(await isPacked(incoming, IMAGES_MAGIC))) {
      const bytes = new Uint8Array(hu.buffer)
      await placeSlices(inflate(incoming.stream()), bytes, area * 2, entry.sliceOrder, (loaded) => {
        onSlice(loaded, hu)
      })
      return
    }
    for (const [position, slice] of entry.sliceOrder.entries()) {
      await readImage(incoming, columns, hu.subarray(slice * area, (slice + 1) * area))
      onSlice(position + 1, hu)
    }
  })
  return hu
}

/** Copies of slices, in the order of the stream: from `first`, up to `end`. */
export function copiedSlices(
  hu: Int16Array,
  { shape: [, rows, columns], sliceOrder }: VolumeManifest,
  first: number,
  end: number,
): Int16Array<ArrayBuffer> {
  const area = rows * columns
  const copies = new Int16Array((end - first) * area)
  sliceOrder.slice(first, end).forEach((slice, index) => {
    copies.set(hu.subarray(slice * area, (slice + 1) * area), index * area)
  })
  return copies
}

/** Put slices that {@link copiedSlices} copied into their places; returns how many are there. */
export function placeInVolume(
  volume: CtVolume,
  { sliceOrder }: VolumeManifest,
  position: number,
  hu: Int16Array,
): number {
  const area = volume.shape[1] * volume.shape[2]
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
  await readOrExplain('The segmentation', signal, async () => {
    const incoming = new Incoming(stream)
    if (await isPacked(incoming, LABELS_MAGIC)) {
      const { buffer } = await incoming.rest()
      if (!unpackLabels(buffer, labels)) throw new MediaError(DAMAGED)
    } else {
      await placeSlices(inflate(incoming.stream()), labels, rows * columns, volume.sliceOrder)
    }
  })
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

export function framePixels(run: RunManifest, data: ArrayBuffer): FramePixels {
  return run.bits === 8 ? new Uint8Array(data) : new Uint16Array(data)
}

/** Mask frames first, since subtraction waits for them, then cine order. */
export function frameLoadingOrder(run: RunManifest): number[] {
  const masks = run.alreadySubtracted ? [] : run.maskFrames
  return [...new Set([...masks, ...run.frames.keys()])]
}

/** Fetch all frames of a run, at most `concurrency` files at a time. */
export async function loadRun(
  base: string,
  run: RunManifest,
  signal: AbortSignal,
  onFrame: (frame: number, data: ArrayBuffer) => void,
  concurrency = 4,
): Promise<void> {
  const waiting = [...new Set(frameLoadingOrder(run).map((frame) => run.frames[frame] ?? ''))]
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await loadFrames(base, run, file, signal, onFrame)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
}

/** Fetch one file of a run, which holds a frame, or several in cine order. */
async function loadFrames(
  base: string,
  run: RunManifest,
  file: string,
  signal: AbortSignal,
  onFrame: (frame: number, data: ArrayBuffer) => void,
): Promise<void> {
  const frames = [...run.frames.keys()].filter((frame) => run.frames[frame] === file)
  const [first = 0] = frames
  const what = frames.length > 1 ? run.name : `Frame ${first + 1} of ${run.name}`
  const stream = await fetchFile(base + file, what, signal)
  const bytes = (run.rows * run.columns * run.bits) / 8
  await readOrExplain(what, signal, async () => {
    const incoming = new Incoming(stream)
    if (!(await isPacked(incoming, IMAGES_MAGIC))) {
      const data = await new Response(inflate(incoming.stream())).arrayBuffer()
      if (data.byteLength !== bytes) {
        throw new MediaError(`${what} has the wrong size. Reload the page.`)
      }
      onFrame(first, data)
      return
    }
    for (const frame of frames) {
      const data = new ArrayBuffer(bytes)
      await readImage(incoming, run.columns, framePixels(run, data))
      onFrame(frame, data)
    }
  })
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
