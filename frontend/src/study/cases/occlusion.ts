// Where the vessel of a case was occluded, in words.
import type { OcclusionSegment, OcclusionSide, StudyCase } from '../../api/types'

export const SIDE_NAMES: Record<OcclusionSide, string> = {
  left: 'Left',
  right: 'Right',
  both: 'Both sides',
  midline: 'Midline',
}

export const SEGMENT_NAMES: Record<OcclusionSegment, string> = {
  ICA: 'ICA · internal carotid artery',
  'ICA-T': 'ICA-T · carotid terminus',
  M1: 'M1 · middle cerebral artery',
  M2: 'M2 · middle cerebral artery',
  M3: 'M3 · middle cerebral artery',
  A1: 'A1 · anterior cerebral artery',
  A2: 'A2 · anterior cerebral artery',
  P1: 'P1 · posterior cerebral artery',
  P2: 'P2 · posterior cerebral artery',
  BA: 'BA · basilar artery',
  VA: 'VA · vertebral artery',
  other: 'Other',
}

/** "left M1"; empty where nothing is known. */
export function occlusionInWords(
  { occlusion_side, occlusion_segment }: Pick<StudyCase, 'occlusion_side' | 'occlusion_segment'>,
): string {
  const side = occlusion_side === '' ? '' : SIDE_NAMES[occlusion_side].toLowerCase()
  return [side, occlusion_segment].filter((word) => word !== '').join(' ')
}
