type Listener = () => void

const AT_ONCE = 4

function loadImage(address: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.decoding = 'async'
  image.src = address
  return image.decode().then(() => image)
}

/** Loads pictures in the order in which they are wanted, and forgets what is wanted no more. */
export class PictureCache {
  private wanted: readonly string[] = []
  private readonly loaded = new Map<string, HTMLImageElement>()
  private readonly loading = new Set<string>()
  private readonly failed = new Set<string>()
  private readonly listeners = new Set<Listener>()
  private changes = 0

  constructor(private readonly load: (address: string) => Promise<HTMLImageElement> = loadImage) {}

  readonly subscribe = (listener: Listener) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Changes whenever a picture came or failed. */
  readonly version = () => this.changes

  get(address: string): HTMLImageElement | undefined {
    return this.loaded.get(address)
  }

  hasFailed(address: string): boolean {
    return this.failed.has(address)
  }

  want(addresses: readonly string[]): void {
    this.wanted = addresses
    const kept = new Set(addresses)
    for (const address of this.loaded.keys()) {
      if (!kept.has(address)) this.loaded.delete(address)
    }
    this.loadMore()
  }

  retry(): void {
    this.failed.clear()
    this.announce()
    this.loadMore()
  }

  private loadMore(): void {
    for (const address of this.wanted) {
      if (this.loading.size >= AT_ONCE) return
      if (this.loaded.has(address) || this.loading.has(address) || this.failed.has(address)) continue
      this.loading.add(address)
      void this.load(address).then(
        (image) => {
          this.loaded.set(address, image)
          this.finish(address)
        },
        () => {
          this.failed.add(address)
          this.finish(address)
        },
      )
    }
  }

  private finish(address: string): void {
    this.loading.delete(address)
    this.announce()
    this.loadMore()
  }

  private announce(): void {
    this.changes += 1
    for (const listener of this.listeners) listener()
  }
}
