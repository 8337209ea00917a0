/** How the C-arm of a run saw the head, and what of that is only assumed. */
import {
  poseOfFrame,
  POSTEROANTERIOR,
  viewOfRun,
  type CArmPose,
  type CArmView,
  type Sphere,
} from '../../viewer/carm'
import { withHead, type HeadPose } from '../../viewer/headPose'
import type { RunManifest } from '../../viewer/manifest'

/** A run at one of its frames. */
export interface FollowedRun {
  manifest: RunManifest
  index: number
  frame: number
}

/**
 * The recorded angles; PA where there are none. Which side faced the detector of a second run
 * cannot be guessed: the tree of the wrong side would look as good.
 */
export function poseOfRun({ manifest, frame }: FollowedRun): CArmPose {
  return poseOfFrame(manifest, frame) ?? POSTEROANTERIOR
}

/** The view of a frame, with the head as it was put against the C-arm. */
export function viewOfFrame(run: FollowedRun, tree: Sphere, head: HeadPose): CArmView {
  return withHead(viewOfRun(run.manifest, poseOfRun(run), tree), head)
}

/** What of a frame's geometry the run does not say, in words; empty where it says all. */
export function assumedOf({ manifest, frame }: FollowedRun): string {
  const { sidMm, sodMm, detectorSpacingMm, isocentreKnown } = manifest
  const anglesUnknown = poseOfFrame(manifest, frame) === null
  const missing = [
    (sidMm === null || sodMm === null || detectorSpacingMm === null) && 'size',
    !isocentreKnown && 'place',
  ].filter((one) => one !== false)
  const sentences = [
    anglesUnknown && 'Angles not known, seen from PA',
    missing.length > 0 && `${listed(missing)} assumed`,
  ]
  return sentences.filter(Boolean).join('. ')
}

function listed(words: readonly string[]): string {
  const text = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0]
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : ''
}
