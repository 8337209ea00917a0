import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  copiedSlices,
  emptyVolume,
  framePixels,
  frameLoadingOrder,
  loadLabels,
  loadRun,
  loadSlices,
  MediaError,
  placeInVolume,
  placeSlices,
} from './mediaPack'
import { gzip, packImages, packLabels, runManifest, volumeManifest } from './testing'

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

/** Answer every request from `files`, as they are; a number is a status without a body. */
function servePacked(files: Record<string, Uint8Array<ArrayBuffer> | number>) {
  vi.stubGlobal('fetch', (url: string) => {
    const file = files[url] ?? 404
    return Promise.resolve(
      typeof file === 'number'
        ? new Response(null, { status: file })
        : new Response(inChunks(file, 5)),
    )
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

  const load = () => loadSlices('/media/t/', manifest, signal, vi.fn())
  const labelsEntry = { file: 'labels.bin', names: {}, colours: {} }

  it('is told of after each slice, and whole at the end', async () => {
    const slices = [Int16Array.of(10, -11), Int16Array.of(20, -21), Int16Array.of(0, -1)]
    servePacked({ '/media/t/volume.bin': packImages(slices, 2, 16) })
    const told: [number, number[]][] = []
    const hu = await loadSlices('/media/t/', manifest, signal, (loaded, filled) => {
      told.push([loaded, [...filled]])
    })
    expect(told).toEqual([
      [1, [0, 0, 10, -11, 0, 0]],
      [2, [0, 0, 10, -11, 20, -21]],
      [3, [0, -1, 10, -11, 20, -21]],
    ])
    expect([...hu]).toEqual([0, -1, 10, -11, 20, -21])
  })

  it('is copied slice by slice, in the order of the stream, while the rest is on its way', () => {
    const hu = Int16Array.of(0, -1, 10, -11, 20, -21)
    const copies = copiedSlices(hu, manifest, 1, 3)
    expect([...copies]).toEqual([20, -21, 0, -1])
    const volume = emptyVolume(manifest)
    expect(placeInVolume(volume, manifest, 1, copies)).toBe(3)
    expect([...volume.hu]).toEqual([0, -1, -200, -200, 20, -21])
  })

  it('has arteries where the mask has stretches', async () => {
    servePacked({ '/media/t/labels.bin': packLabels([[0, 2, 3], [4, 1, 200]]) })
    const labels = await loadLabels('/media/t/', labelsEntry, manifest, signal)
    expect([...labels]).toEqual([3, 3, 0, 0, 200, 0])
  })

  it.each([
    ['ends early', packImages([Int16Array.of(10, -11)], 2), 'ended early'],
    ['has blocks that cannot be', Uint8Array.of(82, 83, 80, 49, 8, 0, 0, 0, 17, 0, 0, 0), 'damaged'],
  ])('is refused where it %s', async (_, file, reason) => {
    servePacked({ '/media/t/volume.bin': file })
    await expect(load()).rejects.toThrow(reason)
  })

  it('is refused with a mask that reaches beyond it', async () => {
    servePacked({ '/media/t/labels.bin': packLabels([[4, 3, 1]]) })
    await expect(loadLabels('/media/t/', labelsEntry, manifest, signal)).rejects.toThrow('damaged')
  })

  it('of a former pack arrives as signed HU with its mask in the same order', async () => {
    const stream = new Uint8Array(Int16Array.of(10, -11, 20, -21, 0, -1).buffer)
    serve({ '/media/t/volume.bin': stream, '/media/t/labels.bin': Uint8Array.of(1, 0, 2, 2, 0, 3) })
    const told = vi.fn()
    const hu = await loadSlices('/media/t/', manifest, signal, told)
    expect([...hu]).toEqual([0, -1, 10, -11, 20, -21])
    expect(told.mock.calls.map(([loaded]) => loaded as number)).toEqual([1, 2, 3])
    const labels = await loadLabels('/media/t/', labelsEntry, manifest, signal)
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
    await expect(load()).rejects.toThrow('ended early')
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

  it('come out of one file in cine order', async () => {
    const together = { ...run, frames: ['run1.bin', 'run1.bin', 'run1.bin'] }
    const pixels = [
      [65535, 0],
      [7, 4095],
      [1, 2],
    ]
    servePacked({ '/m/run1.bin': packImages(pixels, 2) })
    const frames: number[][] = []
    await loadRun('/m/', together, signal, (frame, data) => {
      frames.push([frame, ...framePixels(run, data)])
    })
    expect(frames).toEqual(pixels.map((values, frame) => [frame, ...values]))
  })

  it('of the wrong size are refused', async () => {
    serve(Object.fromEntries(run.frames.map((file) => [`/m/${file}`, new Uint8Array(3)])))
    await expect(loadRun('/m/', run, signal, vi.fn())).rejects.toThrow('wrong size')
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
