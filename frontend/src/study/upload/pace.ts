// How fast bytes go, over the last seconds, and how long the rest will take.

const WINDOW_MS = 10_000
const SHORTEST_MS = 3_000

interface Reading {
  at: number
  bytes: number
}

export class Pace {
  private readings: Reading[] = []

  /** Notes how much has been sent by now. */
  note(bytes: number, at: number): void {
    const last = this.readings.at(-1)
    // Sent anew after a failure: what went before says nothing about the pace from here.
    if (last && bytes < last.bytes) this.readings = []
    this.readings.push({ at, bytes })
    while (this.readings.length > 2 && (this.readings[1]?.at ?? at) <= at - WINDOW_MS) {
      this.readings.shift()
    }
  }

  /** Forgets the pace, as after a pause. */
  forget(): void {
    this.readings = []
  }

  /** Null until enough time has passed to tell. */
  get bytesPerSecond(): number | null {
    const first = this.readings[0]
    const last = this.readings.at(-1)
    if (!first || !last || last.at - first.at < SHORTEST_MS) return null
    return ((last.bytes - first.bytes) * 1000) / (last.at - first.at)
  }

  secondsLeft(bytesLeft: number): number | null {
    const rate = this.bytesPerSecond
    return rate === null || rate <= 0 ? null : bytesLeft / rate
  }
}
