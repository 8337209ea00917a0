import { afterEach, describe, expect, it, vi } from 'vitest'
import type { FollowingCase, ReadingCase } from '../api/types'
import type { MediaManifest } from '../viewer/manifest'
import { packImages, volumeManifest } from '../viewer/testing'
import { CaseMedia } from '../viewer/caseMedia'
import { RoomImages, type Held } from './roomImages'

const manifest: MediaManifest = {
  volume: volumeManifest([1, 1, 1], [0]),
  labels: null,
  tree: null,
  runs: [],
  corrections: [],
}

const media = (code: string, version = 'v1') => ({ base: `/m/${code}/`, manifest, version })
const opened = (code: string, version?: string) =>
  ({ code, media: media(code, version) }) as ReadingCase
const heldOf = (code: string): Held => ({
  code,
  version: 'v1',
  media: new CaseMedia(`/m/${code}/`, manifest),
})
const followedBy = (code: string) => (): Promise<FollowingCase> =>
  Promise.resolve({ code, media: media(code) })

/** Answer every request with one voxel of -7 HU; returns what was asked for, in order. */
function serve(refused = new Set<string>()): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    const found = !refused.has(url)
    const body = found ? packImages([Int16Array.of(-7)], 1) : null
    return Promise.resolve(new Response(body, { status: found ? 200 : 404 }))
  })
  return asked
}

/** A room in which the case A is at hand and all its images are there. */
async function roomAtA(ask: (code: string) => Promise<FollowingCase>) {
  const room = new RoomImages(ask)
  const a = room.of(opened('A'))
  await vi.waitFor(() => {
    expect(a.isComplete).toBe(true)
  })
  return room
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the images that were asked for before the room was there', () => {
  it('are not asked for again, also where the room was drawn before they were', async () => {
    const asked = serve()
    const early: Held[] = []
    const room = new RoomImages(followedBy('B'), () => early.pop() ?? null)
    const { media } = heldOf('A')
    media.start()
    early.push({ code: 'A', version: 'v1', media })
    expect(room.of(opened('A'))).toBe(media)
    await vi.waitFor(() => {
      expect(media.isComplete).toBe(true)
    })
    expect(asked).toEqual(['/m/A/volume.bin'])
  })

  it('are dropped where the room is left before its case is opened', () => {
    serve()
    const early = heldOf('A')
    early.media.start()
    const stopped = vi.spyOn(early.media, 'stop')
    new RoomImages(followedBy('B'), () => early).drop()
    expect(stopped).toHaveBeenCalledOnce()
  })
})

describe('the images of the following case', () => {
  it('are fetched once those at hand are all there, and are there when it is opened', async () => {
    const asked = serve()
    const room = await roomAtA(followedBy('B'))
    await room.fetchAhead()
    await vi.waitFor(() => {
      expect(asked).toEqual(['/m/A/volume.bin', '/m/B/volume.bin'])
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const b = room.of(opened('B'))
    expect(b.isComplete).toBe(true)
    expect([...b.snapshot().volume.hu]).toEqual([-7])
    expect(asked).toHaveLength(2)
  })

  it('wait for those at hand', async () => {
    serve()
    const ask = vi.fn(followedBy('B'))
    const room = new RoomImages(ask)
    room.of(opened('A'))
    await room.fetchAhead()
    expect(ask).not.toHaveBeenCalled()
  })

  it('are asked about once', async () => {
    serve()
    const ask = vi.fn(followedBy('B'))
    const room = await roomAtA(ask)
    await Promise.all([room.fetchAhead(), room.fetchAhead()])
    expect(ask).toHaveBeenCalledOnce()
  })

  it('are dropped where another case comes, and fetched then', async () => {
    const asked = serve()
    const room = await roomAtA(followedBy('B'))
    await room.fetchAhead()
    const c = room.of(opened('C'))
    await vi.waitFor(() => {
      expect(c.isComplete).toBe(true)
    })
    expect(asked).toContain('/m/C/volume.bin')
  })

  it('are fetched again where they were made anew meanwhile', async () => {
    const asked = serve()
    const room = await roomAtA(followedBy('B'))
    await room.fetchAhead()
    room.of(opened('B', 'v2'))
    await vi.waitFor(() => {
      expect(asked.filter((url) => url === '/m/B/volume.bin')).toHaveLength(2)
    })
  })

  it('that could not be fetched ahead are fetched from the new address', async () => {
    const asked = serve(new Set(['/m/B/volume.bin']))
    const room = await roomAtA(followedBy('B'))
    await room.fetchAhead()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const b = room.of({ code: 'B', media: { ...media('B'), base: '/m/B-again/' } } as ReadingCase)
    await vi.waitFor(() => {
      expect(b.isComplete).toBe(true)
    })
    expect(asked.at(-1)).toBe('/m/B-again/volume.bin')
  })

  it('are no matter where nothing follows or the server cannot be reached', async () => {
    const asked = serve()
    const none = await roomAtA(() => Promise.resolve({ code: null, media: null }))
    await none.fetchAhead()
    const lost = await roomAtA(() => Promise.reject(new TypeError('network')))
    await lost.fetchAhead()
    expect(asked).toEqual(['/m/A/volume.bin', '/m/A/volume.bin'])
  })

  it('are gone when the rater leaves the room', async () => {
    const asked = serve()
    const room = await roomAtA(followedBy('B'))
    await room.fetchAhead()
    room.drop()
    const b = room.of(opened('B'))
    await vi.waitFor(() => {
      expect(b.isComplete).toBe(true)
    })
    expect(asked.filter((url) => url === '/m/B/volume.bin')).toHaveLength(2)
  })
})
