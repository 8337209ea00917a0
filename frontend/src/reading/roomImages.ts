/**
 * The images that a rater's browser holds: those of the case at hand and, once all of these are
 * there, those of the case that follows. In memory only, and never more than two cases'.
 */
import type { FollowingCase, ReadingCase } from '../api/types'
import { CaseMedia } from '../viewer/caseMedia'
import { treeIn } from '../viewer/treeMesh'

export interface Held {
  code: string
  version: string
  media: CaseMedia
}

export class RoomImages {
  private atHand: Held | null = null
  private ahead: Held | null = null
  private askedAfter: string | null = null

  constructor(
    private readonly ask: (code: string) => Promise<FollowingCase>,
    /**
     * Hands over images that were asked for before the room was there. Called when a case is
     * opened, since the room may be drawn first.
     */
    private readonly takeEarly: () => Held | null = () => null,
  ) {}

  /** The images of the case that was opened: fetched ahead if they are the very same. */
  readonly of = ({ code, media: { base, manifest, version } }: ReadingCase): CaseMedia => {
    if (this.atHand && isOf(this.atHand, code, version)) return this.atHand.media
    const ahead = this.takeEarly() ?? this.ahead
    const fetched = isOf(ahead, code, version) ? ahead : null
    if (ahead && !fetched) ahead.media.stop()
    this.atHand?.media.stop()
    this.atHand = fetched ?? { code, version, media: new CaseMedia(base, manifest) }
    this.ahead = null
    this.askedAfter = null
    this.atHand.media.start(base)
    if (fetched) fetched.media.retryAll()
    return this.atHand.media
  }

  /** Fetch what follows the case at hand. What fails here is fetched when the case is opened. */
  readonly fetchAhead = async (): Promise<void> => {
    const { atHand } = this
    if (!atHand?.media.isComplete || this.askedAfter === atHand.code) return
    this.askedAfter = atHand.code
    const following = await this.ask(atHand.code).catch(() => null)
    if (this.atHand !== atHand || !following?.code || !following.media) return
    const { base, manifest, version } = following.media
    const media = new CaseMedia(base, manifest)
    this.ahead = { code: following.code, version, media }
    media.subscribe(() => {
      const { tree } = media.snapshot()
      if (tree && media.isComplete) treeIn(tree)
    })
    media.start()
  }

  /** The rater leaves the room. */
  readonly drop = (): void => {
    this.atHand?.media.stop()
    this.ahead?.media.stop()
    this.takeEarly()?.media.stop()
    this.atHand = this.ahead = null
    this.askedAfter = null
  }
}

function isOf(held: Held | null, code: string, version: string): boolean {
  return held?.code === code && held.version === version
}
