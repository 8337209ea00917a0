/** What a failed display check means, and what to do. */
import type { DisplayFindings } from '../../api/types'
import { rangeOf, type Range } from './displayPattern'

export interface Advice {
  what: string
  todo: string
}

const ADVICE: Record<Range, (patches: string) => Advice> = {
  dark: (patches) => ({
    what: `Dark greys run together (${patches}).`,
    todo: 'Dim the room, and turn the screen away from windows and lamps. Then turn its brightness up a little.',
  }),
  middle: (patches) => ({
    what: `Middle greys run together (${patches}).`,
    todo: 'Set the screen to its standard or DICOM mode. Over a remote desktop, choose the best quality: it may send too few greys.',
  }),
  bright: (patches) => ({
    what: `Bright greys run together (${patches}).`,
    todo: 'Turn the contrast of the screen down, and switch off night colours, dynamic contrast and HDR.',
  }),
}

export function adviceOn({ unseen, imagined }: DisplayFindings): Advice[] {
  const advice = (['dark', 'middle', 'bright'] as const).flatMap((range) => {
    const patches = unseen.filter((patch) => rangeOf(patch) === range)
    return patches.length > 0 ? [ADVICE[range](named(patches))] : []
  })
  if (imagined.length > 0) {
    advice.push({
      what: `There is no mark where you saw one (${named(imagined)}).`,
      todo: 'Look once more: other patches are without one each time.',
    })
  }
  return advice
}

/** Patches as they are numbered on screen. */
function named(patches: readonly number[]): string {
  const numbers = patches.map((patch) => patch + 1).join(', ')
  return `${patches.length === 1 ? 'patch' : 'patches'} ${numbers}`
}
