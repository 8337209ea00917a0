/** All images of one case on their way into the browser, part by part. */
import type { MediaManifest } from './manifest'
import {
  emptyVolume,
  loadLabels,
  loadRun,
  loadTree,
  loadVolume,
  MediaError,
  type CtVolume,
  type FramePixels,
} from './mediaPack'

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

const REDRAW_INTERVAL_MS = 150
/** Two runs at once leave room for CT, mask and tree among a browser's six connections. */
const FRAMES_AT_ONCE = 2

/** Loads the parts side by side, tells its listeners as they grow, retries those that failed. */
export class CaseMedia {
  private state: MediaState
  private readonly listeners = new Set<() => void>()
  private controller = new AbortController()
  private announcement: ReturnType<typeof setTimeout> | null = null

  constructor(
    private readonly base: string,
    private readonly manifest: MediaManifest,
  ) {
    this.state = {
      volume: emptyVolume(manifest.volume),
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

  start(): void {
    this.controller = new AbortController()
    void this.load('ct')
    if (this.manifest.tree) void this.load('tree')
    if (this.manifest.labels) void this.load('labels')
    void this.loadRuns()
  }

  /** Drop what is still on its way. */
  stop(): void {
    this.controller.abort()
    if (this.announcement) clearTimeout(this.announcement)
    this.announcement = null
  }

  readonly retry = (part: Part): void => {
    const problems = { ...this.state.problems }
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a record of few known parts
    delete problems[part]
    this.change({ problems })
    void this.load(part)
  }

  /** The first two runs are on screen: they come together, the others after them. */
  private async loadRuns(): Promise<void> {
    const parts = this.manifest.runs.map((_, run): Part => `run ${run}`)
    await Promise.all(parts.slice(0, 2).map((part) => this.load(part)))
    for (const part of parts.slice(2)) await this.load(part)
  }

  private async load(part: Part): Promise<void> {
    const { signal } = this.controller
    try {
      await this.fetchPart(part, signal)
    } catch (error) {
      if (signal.aborted) return
      const message = error instanceof MediaError ? error.message : 'This image cannot be shown.'
      this.change({ problems: { ...this.state.problems, [part]: message } })
    }
  }

  private async fetchPart(part: Part, signal: AbortSignal): Promise<void> {
    const { base, manifest } = this
    if (part === 'ct') {
      await loadVolume(base, manifest.volume, this.state.volume, signal, (_, received) => {
        this.change({ slicesLoaded: received }, received === 1)
      })
    } else if (part === 'labels') {
      if (!manifest.labels) return
      const labels = await loadLabels(base, manifest.labels, manifest.volume, signal)
      this.change({ labels })
    } else if (part === 'tree') {
      if (!manifest.tree) return
      this.change({ tree: await loadTree(base, manifest.tree, signal) })
    } else {
      await this.fetchRun(Number(part.slice('run '.length)), signal)
    }
  }

  private async fetchRun(index: number, signal: AbortSignal): Promise<void> {
    const run = this.manifest.runs[index]
    if (!run) return
    const arrived = (frame: number, pixels: FramePixels) => {
      const runs = this.state.runs.map((media, i) =>
        i === index ? withFrame(media, frame, pixels) : media,
      )
      this.change({ runs }, false)
    }
    await loadRun(this.base, run, signal, arrived, FRAMES_AT_ONCE)
  }

  /** Take the change in; listeners hear of it now, or soon where many more will follow. */
  private change(change: Partial<MediaState>, atOnce = true): void {
    this.state = { ...this.state, ...change }
    if (atOnce) this.announce()
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

function withFrame(media: RunMedia, frame: number, pixels: FramePixels): RunMedia {
  const frames = media.frames.with(frame, pixels)
  return { frames, loaded: frames.filter(Boolean).length }
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
