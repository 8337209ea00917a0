/** A protocol that uses every field, for tests. */
import type { Protocol } from '../../api/types'

export const fullProtocol: Protocol = {
  title: 'Quality of the tree',
  levels: [
    { value: 0, name: 'Poor', anchor: 'A trunk is missing.', example_image: null },
    { value: 1, name: 'Fair', anchor: 'A branch is missing.', example_image: 'a'.repeat(64) },
    { value: 2, name: 'Good', anchor: 'Agrees with the DSA.', example_image: null },
  ],
  high_from: 2,
  unscorable_reasons: [{ code: 'motion', label: 'Motion' }],
  territories: [
    { code: 'm1-right', label: 'M1 right', required: true },
    { code: 'ba', label: 'BA', required: false },
  ],
  questions: [{ code: 'usable', label: 'Usable?', required: true }],
  require_all_runs_opened: true,
  tree_over_dsa: 'never',
  calibration: { cases: 7, pass_mark: 0.57, tolerance_levels: 1 },
  repeats: { share: 0.07, minimum: 12, washout_days: 28 },
  reading_order: 'random-shared',
  cases_per_day: 40,
  weights: 'quadratic',
  confidence: 0.95,
  ci_method: 'bca',
  resamples: 100000,
  resampling_unit: 'site',
  seed: 11,
  adjudication: 'across-cut-point',
  signatures: 'off',
}
