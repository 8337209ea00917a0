// The shapes of the HTTP API, written by hand until they are generated from the OpenAPI schema.

import type { MediaManifest } from '../viewer/manifest'

export interface User {
  username: string
  full_name: string
}

export interface Session {
  user: User | null
  version: string
}

export type StudyState = 'setup' | 'reading' | 'locked'
export type Role = 'coordinator' | 'rater'

export interface StudySummary {
  id: string
  name: string
  state: StudyState
  data_notice: string
  roles: Role[]
}

export interface Level {
  value: number
  name: string
  anchor: string
}

export type KappaWeights = 'none' | 'linear' | 'quadratic'
export type BootstrapMethod = 'percentile' | 'bca'

export interface Protocol {
  title: string
  levels: Level[]
  /** The lowest grade that counts as high quality. */
  high_from: number
  unscorable_reasons: { code: string; label: string }[]
  weights: KappaWeights
  /** Coverage of every interval, such as 0.95. */
  confidence: number
  ci_method: BootstrapMethod
  resamples: number
  seed: number
  require_all_runs_opened: boolean
}

export interface SegmentationModel {
  name: string
  sha256: string
  notice: string
}

export interface RaterProgress {
  username: string
  full_name: string
  submitted: number
  total: number
}

export interface Site {
  code: string
  name: string
}

export interface CaseCounts {
  cases: number
  ready: number
  segmenting: number
  failed: number
  without_dsa: number
}

export interface Study {
  id: string
  name: string
  state: StudyState
  data_notice: string
  protocol: Protocol
  protocol_sha256: string
  model: SegmentationModel | null
  counts: CaseCounts
  raters: RaterProgress[]
  /** What stands in the way of opening for reading and of locking, in words. */
  blockers: { open: string[]; lock: string[] }
  sites: Site[]
}

export type CaseState = 'waiting' | 'segmenting' | 'preparing' | 'ready' | 'failed'

export interface CaseSeries {
  kind: 'NCCT' | 'DSA'
  description: string
  corrections: string[]
  flags: string[]
}

export interface StudyCase {
  id: string
  code: string
  site: string
  state: CaseState
  /** From 0 to 1. */
  progress: number
  seconds_left: number | null
  message: string
  series: CaseSeries[]
  artery_volume_ml: number | null
  ratings: { submitted: number; expected: number }
}

export interface UploadMessage {
  level: 'info' | 'warning' | 'error'
  name: string
  text: string
}

export interface Upload {
  id: string
  filename: string
  size_bytes: number
  uploaded_by: string
  created_at: string
  state: 'received' | 'scanning' | 'done' | 'failed'
  site: string
  cases_added: number
  instances_accepted: number
  messages: UploadMessage[]
}

export type Interval = [low: number, high: number]

export interface Rate {
  rater: string
  high: number
  /** Cases that the rater scored. Without any there is no rate and no interval. */
  n: number
  rate: number | null
  wilson: Interval | null
  clopper_pearson: Interval | null
  unscorable: number
}

export interface Estimate {
  /** Null where the coefficient is undefined, as when both raters are constant on one level. */
  estimate: number | null
  se: number | null
  ci: Interval | null
}

export interface WeightedKappa extends Estimate {
  weights: KappaWeights
}

export interface PrimaryKappa extends WeightedKappa {
  method: BootstrapMethod
  resamples: number
  seed: number
  /** Number of resamples in which κ is undefined. */
  undefined: number
  /** Why no interval is given, or null. */
  refused: string | null
  primary: true
}

export interface Histogram {
  edges: number[]
  counts: number[]
}

export interface Report {
  study_name: string
  data_notice: string
  snapshot_sha256: string
  protocol_sha256: string
  locked_at: string
  sentence: string
  raters: [string, string]
  levels: { value: number; name: string }[]
  high_from: number
  /** Rows rater 1, columns rater 2, in the order of `levels`. */
  table: number[][]
  n_paired: number
  rates: Rate[]
  kappa: PrimaryKappa
  kappas: WeightedKappa[]
  dichotomised_kappa: Estimate
  ac1: Estimate
  pabak: Estimate
  percent_agreement: number
  histogram: Histogram
  sites: { site: string; rates: Rate[] }[]
  footnotes: string[]
  warnings: string[]
  model: SegmentationModel | null
}

export interface Answers {
  grade: number | null
  unscorable_reason: string | null
  comment: string
}

export interface Worklist {
  study_name: string
  data_notice: string
  total: number
  submitted: number
  /** Counted from 1. */
  position: number | null
  next: string | null
  protocol: Protocol
  recent: string | null
}

export interface ReadingCase {
  code: string
  position: number
  total: number
  state: 'new' | 'draft' | 'submitted'
  draft: Answers | null
  revision: number
  media: { base: string; manifest: MediaManifest }
  opened_runs: number[]
  next: string | null
}

export interface DraftSaved {
  revision: number
  saved_at: string
}

export interface CaseSubmitted {
  next: string | null
  submitted: number
  total: number
}
