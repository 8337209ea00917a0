import { afterEach, describe, expect, it, vi } from 'vitest'
import type { MediaManifest } from './manifest'
import { CaseMedia, isComplete, loadedShare } from './caseMedia'
import { gzip, runManifest, volumeManifest } from './testing'

const manifest: MediaManifest = {
  volume: volumeManifest([2, 1, 2], [1, 0]),
  labels: { file: 'labels.bin', names: { '1': 'artery' }, colours: {} },
  tree: { file: 'tree.glb' },
  runs: [runManifest({ rows: 1, columns: 1 })],
  corrections: [],
}

function serveCase(refused = new Set<string>()) {
  vi.stubGlobal('fetch', async (url: string) => {
    const file = url.slice('/m/'.length)
    if (refused.has(file)) return new Response(null, { status: 404 })
    if (file === 'tree.glb') return new Response(Uint8Array.of(1, 2, 3))
    const sizes: Record<string, number> = { 'volume.bin': 8, 'labels.bin': 4 }
    return new Response(await gzip(new Uint8Array(sizes[file] ?? 2).fill(1)))
  })
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the images of a case', () => {
  it('arrive part by part until all are there', async () => {
    serveCase()
    const media = new CaseMedia('/m/', manifest)
    const heard = vi.fn()
    media.subscribe(heard)
    expect(loadedShare(manifest, media.snapshot())).toBe(0)
    media.start()
    await vi.waitFor(() => {
      expect(isComplete(manifest, media.snapshot())).toBe(true)
    })
    expect(heard).toHaveBeenCalled()
    expect(media.snapshot().problems).toEqual({})
  })

  it('leave the rest to be read when one part fails, and can be asked for again', async () => {
    const refused = new Set(['labels.bin'])
    serveCase(refused)
    const media = new CaseMedia('/m/', manifest)
    media.start()
    await vi.waitFor(() => {
      expect(media.snapshot().problems.labels).toContain('The segmentation could not be loaded')
      expect(loadedShare(manifest, media.snapshot())).toBe(1)
    })
    expect(isComplete(manifest, media.snapshot())).toBe(false)
    refused.clear()
    media.retry('labels')
    await vi.waitFor(() => {
      expect(isComplete(manifest, media.snapshot())).toBe(true)
    })
    expect(media.snapshot().problems).toEqual({})
  })

  it('stop coming, without complaint, when the reader moves on', async () => {
    vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new DOMException('gone', 'AbortError'))
        })
      })
    })
    const media = new CaseMedia('/m/', manifest)
    media.start()
    media.stop()
    await new Promise((resolve) => setTimeout(resolve))
    expect(media.snapshot().problems).toEqual({})
  })
})
