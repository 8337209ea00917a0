import type { BootstrapMethod, KappaWeights, Study, StudyState } from '../api/types'

export const WEIGHTS_NAME: Record<KappaWeights, string> = {
  none: 'unweighted',
  linear: 'linearly weighted',
  quadratic: 'quadratically weighted',
}

export const BOOTSTRAP_NAME: Record<BootstrapMethod, string> = {
  percentile: 'percentile bootstrap',
  bca: 'BCa bootstrap',
}

/** Whether the raters' part has ended for good: locked, or what comes after. */
export function isLocked(state: StudyState): boolean {
  return state === 'locked' || state === 'adjudicating' || state === 'concluded'
}

/** Whether the study asks its people for signatures. */
export function isSigned(study: Study): boolean {
  return study.protocol.signatures === 'required'
}
