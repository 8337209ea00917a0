import type { PairReport } from '../api/types'
import { formatCoefficient, formatPercent, keepNumbersTogether } from '../format'
import { Caption } from './Caption'
import classes from './report.module.css'

/** κ beside what does not depend on prevalence, and what that means for these raters. */
export function ParadoxPanel({ label, pair }: { label: string; pair: PairReport }) {
  const { dichotomised: cut, paradox } = pair
  if (!cut || !paradox) return null
  const facts: [name: string, value: string][] = [
    ['κ, primary', valueOf(pair.kappa.estimate)],
    ['κ, high or not', valueOf(pair.dichotomised_kappa.estimate)],
    ['AC1', valueOf(pair.ac1.estimate)],
    ['PABAK', valueOf(pair.pabak.estimate)],
    ['Agree, high or not', formatPercent(cut.percent_agreement)],
    ['Agree where high', formatPercent(cut.positive_agreement)],
    ['Agree where low', formatPercent(cut.negative_agreement)],
    ['Prevalence index', valueOf(cut.prevalence_index)],
    ['Bias index', valueOf(cut.bias_index)],
  ]
  return (
    <figure>
      <Caption label={label}>What κ means at this share of high quality.</Caption>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.reading}>{keepNumbersTogether(paradox)}</p>
    </figure>
  )
}

const valueOf = (value: number | null) => (value === null ? 'undefined' : formatCoefficient(value))
