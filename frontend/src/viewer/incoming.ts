/** Bytes of a stream, taken in pieces of the length that is wanted. */
export class Incoming {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  private readonly waiting: Uint8Array<ArrayBuffer>[] = []
  private length = 0
  /** What is taken is copied here, and stays until something is taken again. */
  private scratch = new Uint8Array(0)

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.reader = stream.getReader()
  }

  /**
   * The next `count` bytes, from the beginning of their buffer; null where fewer are left. They
   * are good until the next are taken.
   */
  async take(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!(await this.wait(count))) return null
    if (this.scratch.length < count) this.scratch = new Uint8Array(2 * count)
    return this.copied(this.scratch.subarray(0, count))
  }

  /** The same, but they are taken once more the next time. */
  async peek(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = (await this.take(count))?.slice()
    if (bytes) this.putBack(bytes)
    return bytes ?? null
  }

  /** All that is left. */
  async rest(): Promise<Uint8Array<ArrayBuffer>> {
    while (await this.more());
    return this.copied(new Uint8Array(this.length))
  }

  /** All that is left, as it comes in. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: async (controller) => {
        if (this.waiting.length > 0 || (await this.more())) {
          for (const bytes of this.waiting.splice(0)) controller.enqueue(bytes)
          this.length = 0
        } else controller.close()
      },
      cancel: (reason) => this.reader.cancel(reason),
    })
  }

  cancel(): Promise<void> {
    return this.reader.cancel()
  }

  private async wait(count: number): Promise<boolean> {
    while (this.length < count) if (!(await this.more())) return false
    return true
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.reader.read()
    if (done) return false
    this.waiting.push(value)
    this.length += value.length
    return true
  }

  private putBack(bytes: Uint8Array<ArrayBuffer>): void {
    this.waiting.unshift(bytes)
    this.length += bytes.length
  }

  /** Fill `bytes` with as many that wait. */
  private copied(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const count = bytes.length
    for (let filled = 0; filled < count;) {
      const first = this.waiting.shift()
      if (!first) break
      const piece = first.subarray(0, count - filled)
      bytes.set(piece, filled)
      filled += piece.length
      if (piece.length < first.length) this.waiting.unshift(first.subarray(piece.length))
    }
    this.length -= count
    return bytes
  }
}
