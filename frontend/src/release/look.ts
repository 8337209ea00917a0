// How far somebody is with looking at one series, and what they have decided so far.
import type { Phase, TextBox, WaitingSeries } from '../api/types'
import { type Blackouts, NO_BLACKOUTS } from './blackouts'

export interface Look {
  /** Pictures that were on screen. */
  seen: ReadonlySet<number>
  phase: Phase | ''
  blackouts: Blackouts
}

export function newLook({ proposed_phase }: WaitingSeries): Look {
  return { seen: new Set(), phase: proposed_phase, blackouts: NO_BLACKOUTS }
}

export function withSeen(look: Look, picture: number): Look {
  return look.seen.has(picture) ? look : { ...look, seen: new Set(look.seen).add(picture) }
}

export const needsPhase = ({ kind }: WaitingSeries) => kind === 'DSA'

/** What an image of the series is called. */
export const imageNoun = ({ kind }: WaitingSeries) => (kind === 'DSA' ? 'frame' : 'slice')

/** What a picture on the page is called: of a CT not every slice has one. */
export const pictureNoun = ({ kind }: WaitingSeries) => (kind === 'DSA' ? 'frame' : 'picture')

/** Why it cannot be released yet, in a sentence; empty once it can. */
export function whyNotYet(series: WaitingSeries, look: Look): string {
  const all = series.preview_count
  if (all === 0) return 'It has no pictures: it cannot be looked at, so it cannot be released.'
  const { size } = look.seen
  if (size < all) {
    return `Look at every ${pictureNoun(series)} first: ${size} of ${all} seen. Space plays them.`
  }
  if (needsPhase(series) && look.phase === '') return 'Say whether it is before or after.'
  return ''
}

/** Whether its images are being painted over after a release: nobody needs to look again. */
export function isBeingPainted({ build }: WaitingSeries): boolean {
  return build !== null && build.state !== 'done' && build.state !== 'failed'
}

/** How many slices a CT has, of which not every one has a picture; for a run, its frames. */
export function imageCount({ geometry, preview_count }: WaitingSeries): number {
  return Math.max(geometry?.size[2] ?? 0, preview_count)
}

/** The picture that shows found text; null where it stands in all. */
export function pictureOf({ picture_frames }: WaitingSeries, { frame }: TextBox): number | null {
  return frame === null ? null : picture_frames.indexOf(frame)
}

/** Which slice or frame of the series a picture shows, in words. */
export function imageInWords(series: WaitingSeries, picture: number): string {
  const frame = series.picture_frames[picture] ?? picture
  return `${imageNoun(series)} ${frame + 1} of ${imageCount(series)}`
}
