/** How the C-arm of a run saw the head, and what of that is only assumed. */
import {
  LATERAL,
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

/** The recorded angles; where there are none, first runs are taken as PA and second as lateral. */
export function poseOfRun({ manifest, index, frame }: FollowedRun): CArmPose {
  return poseOfFrame(manifest, frame) ?? (index % 2 === 0 ? POSTEROANTERIOR : LATERAL)
}

/** The view of a frame, with the head as it was put against the C-arm. */
export function viewOfFrame(run: FollowedRun, tree: Sphere, head: HeadPose): CArmView {
  return withHead(viewOfRun(run.manifest, poseOfRun(run), tree), head)
}

/** What of a frame's geometry the run does not say, in words; empty where it says all. */
export function assumedOf({ manifest, frame }: FollowedRun): string {
  const { sidMm, sodMm, detectorSpacingMm, isocentreKnown } = manifest
  const missing = [
    poseOfFrame(manifest, frame) === null && 'angles',
    (sidMm === null || sodMm === null || detectorSpacingMm === null) && 'size',
    !isocentreKnown && 'place',
  ].filter((one) => one !== false)
  return missing.length === 0 ? '' : `${listed(missing)} assumed`
}

function listed(words: readonly string[]): string {
  const text = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0]
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : ''
}
