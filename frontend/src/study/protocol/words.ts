/** How the protocol's choices are called on the page. */
import type {
  AdjudicationRule,
  BootstrapMethod,
  KappaWeights,
  ReadingOrder,
  ResamplingUnit,
  SignatureRule,
  TreeOverDsa,
} from '../../api/types'

export const WEIGHTS_CHOICE: Record<KappaWeights, string> = {
  none: 'Unweighted: every difference counts the same',
  linear: 'Linear: a difference of two levels counts twice',
  quadratic: 'Quadratic: a difference of two levels counts four times',
}

export const METHOD_CHOICE: Record<BootstrapMethod, string> = {
  percentile: 'Percentile bootstrap',
  bca: 'BCa bootstrap (corrected for bias and skew)',
}

export const UNIT_CHOICE: Record<ResamplingUnit, string> = {
  case: 'Cases (one patient each)',
  site: 'Hospitals, each with all its cases',
}

export const ORDER_CHOICE: Record<ReadingOrder, string> = {
  'random-per-rater': 'A different random order for each rater',
  'random-shared': 'The same random order for all raters',
}

export const TREE_OVER_DSA_CHOICE: Record<TreeOverDsa, string> = {
  'hidden-at-first': 'When the rater asks',
  'shown-at-first': 'From the start',
  never: 'Never',
}

export const SIGNATURES_CHOICE: Record<SignatureRule, string> = {
  required: 'Required, with the password typed anew',
  off: 'Off',
}

export const ADJUDICATION_CHOICE: Record<AdjudicationRule, string> = {
  none: 'No adjudication',
  'any-difference': 'Whenever the grades differ',
  'across-cut-point': 'When the grades fall on different sides of the cut-point',
  'two-levels-apart': 'When the grades are two levels apart or more',
}

export function choicesOf<Value extends string>(words: Record<Value, string>) {
  return Object.entries<string>(words).map(([value, label]) => ({ value: value as Value, label }))
}
