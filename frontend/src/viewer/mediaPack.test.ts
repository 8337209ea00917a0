import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  emptyVolume,
  framePixels,
  frameLoadingOrder,
  loadFrame,
  loadLabels,
  loadRun,
  loadSlices,
  MediaError,
  placeInVolume,
  placeSlices,
  type CtVolume,
} from './mediaPack'
import { gzip, runManifest, volumeManifest } from './testing'

const signal = new AbortController().signal

function inChunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size))
      }
      controller.close()
    },
  })
}

/** Answer every request from `files`, gzipped; a number is a status without a body. */
function serve(files: Record<string, Uint8Array<ArrayBuffer> | number>) {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    const file = files[url] ?? 404
    return typeof file === 'number'
      ? new Response(null, { status: file })
      : new Response(await gzip(file))
  })
  return asked
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('slices in a stream', () => {
  it.each([1, 3, 4, 7, 100])('find their places from chunks of %d bytes', async (size) => {
    const sliceOrder = [1, 2, 0]
    const target = new Uint8Array(12)
    await placeSlices(
      inChunks(Uint8Array.of(10, 11, 12, 13, 20, 21, 22, 23, 1, 2, 3, 4), size),
      target,
      4,
      sliceOrder,
    )
    expect([...target]).toEqual([1, 2, 3, 4, 10, 11, 12, 13, 20, 21, 22, 23])
  })

  it('must be neither too few nor too many', async () => {
    const target = new Uint8Array(4)
    await expect(placeSlices(inChunks(new Uint8Array(3), 3), target, 2, [0, 1])).rejects.toThrow(
      MediaError,
    )
    await expect(placeSlices(inChunks(new Uint8Array(5), 5), target, 2, [0, 1])).rejects.toThrow(
      MediaError,
    )
  })
})

describe('the CT', () => {
  const manifest = volumeManifest([3, 1, 2], [1, 2, 0])

  const loadInto = (volume: CtVolume) =>
    loadSlices('/media/t/', manifest, signal, (position, data) => {
      placeInVolume(volume, manifest, position, data)
    })

  it('is handed over with its first slice alone, the others by the handful', async () => {
    const order = Array.from({ length: 20 }, (_, slice) => 19 - slice)
    const long = volumeManifest([20, 1, 2], order)
    serve({ '/media/t/volume.bin': new Uint8Array(Int16Array.from({ length: 40 }, (_, i) => i).buffer) })
    const volume = emptyVolume(long)
    const counts: number[] = []
    await loadSlices('/media/t/', long, signal, (position, data) => {
      counts.push(placeInVolume(volume, long, position, data))
    })
    expect(counts).toEqual([1, 9, 17, 20])
    expect([...volume.hu.subarray(0, 4)]).toEqual([38, 39, 36, 37])
    expect([...volume.hu.subarray(38)]).toEqual([0, 1])
  })

  it('arrives as signed HU with its mask in the same order', async () => {
    const stream = new Uint8Array(Int16Array.of(10, -11, 20, -21, 0, -1).buffer)
    serve({ '/media/t/volume.bin': stream, '/media/t/labels.bin': Uint8Array.of(1, 0, 2, 2, 0, 3) })
    const volume = emptyVolume(manifest)
    expect([...volume.hu]).toEqual([-200, -200, -200, -200, -200, -200])
    await loadInto(volume)
    expect([...volume.hu]).toEqual([0, -1, 10, -11, 20, -21])
    const labels = await loadLabels(
      '/media/t/',
      { file: 'labels.bin', names: {}, colours: {} },
      manifest,
      signal,
    )
    expect([...labels]).toEqual([0, 3, 1, 0, 2, 2])
  })

  it('is refused where its slice order leaves one out', async () => {
    const incomplete = volumeManifest([3, 1, 2], [0, 1, 1])
    await expect(loadSlices('/media/t/', incomplete, signal, vi.fn())).rejects.toThrow(
      'slice order',
    )
  })

  it('says so when it is cut short', async () => {
    serve({ '/media/t/volume.bin': new Uint8Array(8) })
    await expect(loadInto(emptyVolume(manifest))).rejects.toThrow('ended early')
  })
})

describe('DSA frames', () => {
  const run = runManifest({ rows: 1, columns: 2, maskFrames: [1] })

  it('come mask first, then in cine order', async () => {
    expect(frameLoadingOrder(run)).toEqual([1, 0, 2])
    expect(frameLoadingOrder({ ...run, alreadySubtracted: true })).toEqual([0, 1, 2])
    const asked = serve(
      Object.fromEntries(run.frames.map((file, i) => [`/m/${file}`, Uint8Array.of(i, 1, i, 2)])),
    )
    const frames: number[][] = []
    await loadRun('/m/', run, signal, (frame, data) => (frames[frame] = [...framePixels(run, data)]), 1)
    expect(asked).toEqual(['/m/run1/1.bin', '/m/run1/0.bin', '/m/run1/2.bin'])
    expect(frames).toEqual([
      [256, 512],
      [257, 513],
      [258, 514],
    ])
  })

  it('of the wrong size are refused', async () => {
    serve({ '/m/run1/0.bin': new Uint8Array(3) })
    await expect(loadFrame('/m/', run, 0, signal)).rejects.toThrow('wrong size')
  })
})

describe('failing requests', () => {
  const manifest = volumeManifest([1, 1, 1], [0])

  async function load() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const loaded = loadSlices('/m/', manifest, signal, vi.fn())
    const settled = Promise.allSettled([loaded])
    await vi.runAllTimersAsync()
    vi.useRealTimers()
    await settled
    return loaded
  }

  it('are not repeated when the address is no longer valid', async () => {
    const asked = serve({ '/m/volume.bin': 404 })
    await expect(load()).rejects.toThrow('Reload the page')
    expect(asked).toHaveLength(1)
  })

  it('are repeated when the network comes back', async () => {
    let attempt = 0
    vi.stubGlobal('fetch', async () => {
      attempt += 1
      if (attempt < 3) throw new TypeError('network')
      return new Response(await gzip(new Uint8Array(2)))
    })
    await load()
    expect(attempt).toBe(3)
  })

  it('end in words when the network stays away', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await expect(load()).rejects.toThrow('The CT could not be loaded: the server cannot be reached')
  })

  it('end at once when the reader has moved on', async () => {
    const moved = new AbortController()
    vi.stubGlobal('fetch', () => {
      moved.abort()
      return Promise.reject(new DOMException('gone', 'AbortError'))
    })
    await expect(loadSlices('/m/', manifest, moved.signal, vi.fn())).rejects.toThrow(
      'gone',
    )
  })
})
