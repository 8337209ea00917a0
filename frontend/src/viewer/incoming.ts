/** Bytes of a stream, taken in pieces of the length that is wanted. */
export class Incoming {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
  private readonly waiting: Uint8Array<ArrayBuffer>[] = []
  private length = 0

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.reader = stream.getReader()
  }

  /** The next `count` bytes, in memory that begins at a whole word; null where fewer are left. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.wait(count)) ? this.joined(count) : null
  }

  /** The same, but they are taken once more the next time. */
  async peek(count: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.take(count)
    if (bytes) this.putBack(bytes)
    return bytes
  }

  /** All that is left. */
  async rest(): Promise<Uint8Array<ArrayBuffer>> {
    while (await this.more());
    return this.joined(this.length)
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

  private joined(count: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(count)
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
