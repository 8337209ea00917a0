import type { BootstrapMethod, KappaWeights } from '../api/types'

export const WEIGHTS_NAME: Record<KappaWeights, string> = {
  none: 'unweighted',
  linear: 'linearly weighted',
  quadratic: 'quadratically weighted',
}

export const BOOTSTRAP_NAME: Record<BootstrapMethod, string> = {
  percentile: 'percentile bootstrap',
  bca: 'BCa bootstrap',
}
