/** All images of one case on their way into the browser, part by part. */
import type { MediaManifest, RunManifest } from './manifest'
import { emptyVolume, framePixels, loadTree, NO_VOXELS, placeInVolume } from './mediaPack'
import type { CtVolume, FramePixels } from './mediaPack'
import { loadApart } from './mediaWorkers'
import { failureInWords, type PartNews } from './partLoading'
import { keepPrepared } from './preparedRun'

export interface RunMedia {
  /** Frames in cine order; undefined until one has arrived. */
  frames: readonly (FramePixels | undefined)[]
  loaded: number
}

export type Part = 'ct' | 'labels' | 'tree' | `run ${number}`

export interface MediaState {
  volume: CtVolume
  /** Changes whenever more of the volume has been filled. */
  slicesLoaded: number
  labels: Uint8Array | null
  tree: ArrayBuffer | null
  runs: readonly RunMedia[]
  /** What could not be loaded, in words. */
  problems: Readonly<Partial<Record<Part, string>>>
}

type RunNews = Extract<PartNews, { type: 'frame' | 'run' }>

const REDRAW_INTERVAL_MS = 400

/** Loads the parts side by side, tells its listeners as they grow, retries those that failed. */
export class CaseMedia {
  private state: MediaState
  private readonly listeners = new Set<() => void>()
  private controller: AbortController | null = null
  private announcement: ReturnType<typeof setTimeout> | null = null
  private readonly here = new Set<Part>()
  private base: string

  constructor(
    base: string,
    readonly manifest: MediaManifest,
  ) {
    this.base = base
    this.state = {
      volume: { ...manifest.volume, hu: NO_VOXELS },
      slicesLoaded: 0,
      labels: null,
      tree: null,
      runs: manifest.runs.map(({ frames }) => ({ frames: frames.map(() => undefined), loaded: 0 })),
      problems: {},
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly snapshot = (): MediaState => this.state

  get isComplete(): boolean {
    return isComplete(this.manifest, this.state)
  }

  /** Load what is not here yet; a new address is taken where the old one may have expired. */
  start(base = this.base): void {
    this.base = base
    if (this.controller) return
    this.controller = new AbortController()
    this.change({ problems: {} })
    void this.loadAll()
  }

  /** Drop what is still on its way. */
  stop(): void {
    this.controller?.abort()
    this.controller = null
    if (this.announcement) clearTimeout(this.announcement)
    this.announcement = null
  }

  readonly retry = (part: Part): void => {
    const problems = { ...this.state.problems }
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a record of few known parts
    delete problems[part]
    this.change({ problems }, true)
    void this.load(part)
  }

  /** Ask again for all that failed. */
  retryAll(): void {
    for (const part of Object.keys(this.state.problems)) this.retry(part as Part)
  }

  /**
   * What is seen first, first: while the CT comes in, the page itself has one of two processors
   * to be made on. The first two runs are on screen and come together, the others after them.
   */
  private async loadAll(): Promise<void> {
    await Promise.all([this.load('ct'), this.load('tree'), this.load('labels')])
    const parts = this.manifest.runs.map((_, run): Part => `run ${run}`)
    await Promise.all(parts.slice(0, 2).map((part) => this.load(part)))
    for (const part of parts.slice(2)) await this.load(part)
  }

  private async load(part: Part): Promise<void> {
    const signal = this.controller?.signal
    if (!signal || this.here.has(part)) return
    try {
      await this.fetchPart(part, signal)
      this.here.add(part)
    } catch (error) {
      if (signal.aborted) return
      this.change({ problems: { ...this.state.problems, [part]: failureInWords(error) } }, true)
    }
  }

  private async fetchPart(part: Part, signal: AbortSignal): Promise<void> {
    const { base, manifest } = this
    if (part === 'tree') {
      if (!manifest.tree) return
      this.change({ tree: await loadTree(base, manifest.tree, signal) })
      return
    }
    await loadApart({ part, base, manifest }, signal, (news) => {
      this.takeIn(part, news)
    })
  }

  private takeIn(part: Part, news: PartNews): void {
    const { manifest, state } = this
    if (news.type === 'slices') {
      this.takeInSlices(news.position, news.data)
    } else if (news.type === 'volume') {
      const hu = new Int16Array(news.data)
      const slicesLoaded = manifest.volume.shape[0]
      this.change({ volume: { ...manifest.volume, hu }, slicesLoaded })
    } else if (news.type === 'labels') {
      this.change({ labels: new Uint8Array(news.data) })
    } else {
      const number = Number(part.slice('run '.length))
      const run = manifest.runs[number]
      if (!run) return
      const runs = state.runs.map((media, index) =>
        index === number ? withNews(media, run, news) : media,
      )
      this.change({ runs })
    }
  }

  private takeInSlices(position: number, data: ArrayBuffer): void {
    const entry = this.manifest.volume
    if (position === 0) {
      const volume = { ...entry, hu: NO_VOXELS, firstSlice: new Int16Array(data) }
      this.change({ volume, slicesLoaded: 1 }, true)
      return
    }
    let { volume } = this.state
    if (volume.firstSlice) {
      const first = volume.firstSlice
      volume = emptyVolume(entry)
      placeInVolume(volume, entry, 0, first)
    }
    const slicesLoaded = placeInVolume(volume, entry, position, new Int16Array(data))
    this.change({ volume, slicesLoaded })
  }

  /** Take the change in; listeners hear of it now, or soon where more will follow. */
  private change(change: Partial<MediaState>, atOnce = false): void {
    this.state = { ...this.state, ...change }
    if (atOnce || this.isComplete) this.announce()
    else
      this.announcement ??= setTimeout(() => {
        this.announce()
      }, REDRAW_INTERVAL_MS)
  }

  private announce(): void {
    if (this.announcement) clearTimeout(this.announcement)
    this.announcement = null
    for (const listener of this.listeners) listener()
  }
}

function withNews(media: RunMedia, run: RunManifest, news: RunNews): RunMedia {
  if (news.type === 'frame') {
    const frames = media.frames.with(news.frame, framePixels(run, news.data))
    return { frames, loaded: frames.filter(Boolean).length }
  }
  const frames = news.frames.map((data) => framePixels(run, data))
  if (news.prepared) keepPrepared(run, frames, news.prepared)
  return { frames, loaded: frames.length }
}

/** The share (0–1) of all parts that has arrived. */
export function loadedShare(manifest: MediaManifest, state: MediaState): number {
  const frames = manifest.runs.reduce((sum, run) => sum + run.frames.length, 0)
  const framesLoaded = state.runs.reduce((sum, run) => sum + run.loaded, 0)
  const slices = manifest.volume.shape[0]
  return (state.slicesLoaded + framesLoaded) / (slices + frames)
}

/** Everything that the case has is here. */
export function isComplete(manifest: MediaManifest, state: MediaState): boolean {
  return (
    loadedShare(manifest, state) === 1 &&
    (manifest.labels === null || state.labels !== null) &&
    (manifest.tree === null || state.tree !== null)
  )
}
