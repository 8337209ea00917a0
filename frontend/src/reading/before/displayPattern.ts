/**
 * The test pattern for displays, after the main feature of AAPM Report 270's TG270-sQC: patches of
 * grey from black to white, each with a mark of barely another grey.
 */

export const PATCHES = 18
export const COLUMNS = 6
/** How many patches have no mark, so that who sees one everywhere is noticed. */
export const EMPTY_PATCHES = 2

/** Grey levels of 255 between a patch and its mark. */
const MARK_STEP = 5
/** At black and white: the 5 and 95 % of the pattern of SMPTE RP 133. */
const MARK_STEP_AT_ENDS = 13

/** Which third of the range a patch is in: what helps differs. */
export type Range = 'dark' | 'middle' | 'bright'

/** Grey of a patch, 0 to 255. */
export function greyOf(patch: number): number {
  return (255 / (PATCHES - 1)) * patch
}

/** Grey of the mark in a patch. */
export function markOf(patch: number): number {
  const grey = greyOf(patch)
  if (patch === PATCHES - 1) return grey - MARK_STEP_AT_ENDS
  return grey + (patch === 0 ? MARK_STEP_AT_ENDS : MARK_STEP)
}

export function rangeOf(patch: number): Range {
  if (patch < PATCHES / 3) return 'dark'
  return patch < (2 * PATCHES) / 3 ? 'middle' : 'bright'
}

/** Draw which patches have no mark, never one of the three darkest or brightest: these matter. */
export function drawEmptyPatches(random: () => number = Math.random): number[] {
  const left = Array.from({ length: PATCHES - 6 }, (_, place) => place + 3)
  const drawn = Array.from({ length: EMPTY_PATCHES }, () => {
    const [patch = 3] = left.splice(Math.floor(random() * left.length), 1)
    return patch
  })
  return drawn.sort((a, b) => a - b)
}

/** Where an arrow key leads from a patch; null for other keys and over the edge. */
export function patchBeside(patch: number, key: string): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -COLUMNS,
    ArrowDown: COLUMNS,
  }
  const step = steps[key]
  if (step === undefined) return null
  const next = patch + step
  return next >= 0 && next < PATCHES ? next : null
}
