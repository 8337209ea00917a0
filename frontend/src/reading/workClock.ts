/** Tells the server while a rater is at work on a case; the server counts the time. */

/** The server counts at most 45 s between two beats. */
export const BEAT_MS = 15_000
/** Without input or cine for so long, the rater is away. */
export const AWAY_AFTER_MS = 60_000
/** A run that goes round and round on its own does not keep the clock running for ever. */
export const LONGEST_CINE_MS = 5 * 60_000

export interface WorkClockRules {
  /** Send a sign of life, or that the work rests. What fails is made good by the next one. */
  beat: (active: boolean) => Promise<unknown>
  /** The case is submitted, or on its way: nothing is counted any more. */
  isOver: () => boolean
}

/** The clock of one case on screen. Listeners hear of every change of {@link isPaused}. */
export class WorkClock {
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setInterval> | null = null
  private isPlaying: () => boolean = () => false
  private visible = true
  private paused = false
  /** What the server was told last. */
  private running = false
  private lastInput = -Infinity
  private lastCine = -Infinity

  constructor(
    private readonly rules: WorkClockRules,
    private readonly now: () => number = Date.now,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly isPaused = (): boolean => this.paused

  /** The case is on screen (again). */
  readonly enter = (isPlaying: () => boolean): void => {
    this.isPlaying = isPlaying
    this.lastInput = this.now()
    this.timer ??= setInterval(this.tick, BEAT_MS)
    this.update()
  }

  readonly leave = (): void => {
    if (this.timer) clearInterval(this.timer)
    this.timer = null
    this.update()
  }

  /** The rater moved the mouse or pressed a key. */
  readonly touched = (): void => {
    this.lastInput = this.now()
    if (!this.running) this.update()
  }

  readonly setVisible = (visible: boolean): void => {
    this.visible = visible
    if (visible) this.lastInput = this.now()
    this.update()
  }

  readonly pause = (): void => {
    this.setPaused(true)
  }

  readonly resume = (): void => {
    this.lastInput = this.now()
    this.setPaused(false)
  }

  private setPaused(paused: boolean): void {
    if (this.paused === paused) return
    this.paused = paused
    this.update()
    for (const listener of this.listeners) listener()
  }

  private readonly tick = (): void => {
    if (this.isPlaying()) this.lastCine = this.now()
    if (!this.update() && this.running) this.send(true)
  }

  /** Tell the server where work begins or rests; say whether there was something to tell. */
  private update(): boolean {
    const atWork = this.isAtWork()
    if (atWork === this.running) return false
    this.running = atWork
    this.send(atWork)
    return true
  }

  private isAtWork(): boolean {
    const onScreen = this.timer !== null && this.visible && !this.paused
    if (!onScreen || this.rules.isOver()) return false
    const sinceInput = this.now() - this.lastInput
    const sinceCine = this.now() - this.lastCine
    return sinceInput < AWAY_AFTER_MS || (sinceCine < AWAY_AFTER_MS && sinceInput < LONGEST_CINE_MS)
  }

  private send(active: boolean): void {
    if (!this.rules.isOver()) this.rules.beat(active).catch(() => undefined)
  }
}
