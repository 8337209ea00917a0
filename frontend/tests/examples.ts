// One small cast for all tests: a study of phantoms, and a report on constructed ratings.
import type { Protocol, Rate, Report, Study } from '../src/api/types'

export const protocol: Protocol = {
  title: 'Quality of arterial segmentations',
  levels: [
    { value: 1, name: 'Unusable', anchor: 'A main trunk is missing.' },
    { value: 2, name: 'Limited', anchor: 'Several branches are missing.' },
    { value: 3, name: 'Good', anchor: 'Small gaps only.' },
    { value: 4, name: 'Excellent', anchor: 'Agrees with the DSA.' },
  ],
  high_from: 3,
  unscorable_reasons: [{ code: 'no_dsa', label: 'No DSA' }],
  territories: [],
  questions: [],
  calibration: null,
  repeats: null,
  reading_order: 'random-per-rater',
  cases_per_day: null,
  weights: 'none',
  confidence: 0.95,
  ci_method: 'percentile',
  resamples: 100000,
  resampling_unit: 'case',
  seed: 7,
  adjudication: 'none',
  signatures: 'off',
  require_all_runs_opened: true,
  tree_over_dsa: 'hidden-at-first',
}

export const study: Study = {
  id: 's1',
  name: 'Phantom heads',
  state: 'reading',
  role: 'coordinator',
  data_notice: 'Phantom data, demo model. Not for clinical use.',
  protocol,
  protocol_sha256: 'a'.repeat(64),
  model: null,
  counts: { cases: 6, ready: 6, segmenting: 0, review: 0, failed: 0, without_dsa: 0 },
  raters: [
    { username: 'ana', full_name: 'Ana', rater_number: 1, submitted: 6, total: 6 },
    { username: 'ben', full_name: 'Ben', rater_number: 2, submitted: 6, total: 6 },
  ],
  blockers: { open: [], lock: [] },
  sites: [{ code: 'A', name: 'Site A' }],
}

function rate(rater: string, high: number, wilson: Rate['wilson']): Rate {
  return { rater, high, n: 178, rate: high / 178, wilson, clopper_pearson: wilson, unscorable: 0 }
}

export const report: Report = {
  study_name: 'Constructed ratings',
  data_notice: "Constructed ratings, not the authors' data.",
  snapshot_sha256: 'b'.repeat(64),
  protocol_sha256: 'a'.repeat(64),
  locked_at: '2026-03-02T10:05:00Z',
  sentence: 'Rater 1 graded 98.9 % and rater 2 98.3 % as high quality.',
  raters: ['Rater 1', 'Rater 2'],
  levels: protocol.levels,
  high_from: 3,
  table: [
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [0, 1, 11, 5],
    [0, 0, 1, 158],
  ],
  n_cases: 178,
  n_paired: 178,
  sensitivity: null,
  dichotomised: {
    table: [
      [2, 0],
      [1, 175],
    ],
    percent_agreement: 177 / 178,
    positive_agreement: 0.997,
    negative_agreement: 0.8,
    prevalence_index: 0.972,
    bias_index: 0.006,
  },
  rates: [rate('Rater 1', 176, [0.96, 0.997]), rate('Rater 2', 175, [0.952, 0.994])],
  kappa: {
    weights: 'none',
    estimate: 0.7438,
    se: 0.0814,
    ci: [0.5601, 0.8915],
    method: 'percentile',
    resamples: 100000,
    seed: 7,
    undefined: 3,
    refused: null,
    primary: true,
  },
  kappas: [
    { weights: 'none', estimate: 0.7438, se: 0.0814, ci: [0.584, 0.903] },
    { weights: 'linear', estimate: 0.782, se: 0.07, ci: [0.64, 0.92] },
    { weights: 'quadratic', estimate: 0.838, se: 0.07, ci: [0.7, 0.98] },
  ],
  dichotomised_kappa: { estimate: 0.392, se: 0.27, ci: [-0.13, 0.92] },
  ac1: { estimate: 0.952, se: 0.018, ci: [0.917, 0.987] },
  pabak: { estimate: 0.94, se: null, ci: null },
  percent_agreement: 170 / 178,
  histogram: { edges: [0.5, 0.7, 0.9], counts: [30000, 70000] },
  sites: [],
  footnotes: ['Denominators: cases that the rater scored.'],
  warnings: [],
  model: null,
}
