import type { ItemReport } from '../api/types'
import { formatCoefficient, formatCount, formatPercent, formatPercentRange, formatRange } from '../format'
import { WEIGHTS_NAME } from '../study/wording'
import { Caption } from './Caption'
import classes from './report.module.css'

interface ItemTablesProps {
  labels: [rates: string, agreement: string]
  /** What one item is called: a territory, a question. */
  what: 'Territory' | 'Question'
  items: ItemReport[]
  raters: number
  coverage: string
}

/** Rates and agreement item by item. */
export function ItemTables({ labels, what, items, raters, coverage }: ItemTablesProps) {
  return (
    <>
      <Rates label={labels[0]} what={what} items={items} coverage={coverage} />
      <Agreement
        label={labels[1]}
        what={what}
        items={items}
        coverage={coverage}
        kappa={raters > 2 ? 'Mean κ of the pairs' : 'κ'}
      />
    </>
  )
}

interface TableProps {
  label: string
  what: ItemTablesProps['what']
  items: ItemReport[]
  coverage: string
}

function Rates({ label, what, items, coverage }: TableProps) {
  const isTerritory = what === 'Territory'
  return (
    <figure>
      <Caption label={label}>
        {isTerritory
          ? 'Rates of high quality by territory. “Not opacified” is an answer of its own and in no denominator of a rate.'
          : 'Answers to the questions with yes or no.'}
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={`Rates by ${what.toLowerCase()}`}>
          <thead>
            <tr>
              <th scope="col">{what}</th>
              <th scope="col">Rater</th>
              <th scope="col" className={classes.number}>
                {isTerritory ? 'High quality' : 'Yes'}
              </th>
              <th scope="col" className={classes.number}>
                Rate
              </th>
              <th scope="col" className={classes.number}>
                Wilson {coverage} CI
              </th>
              {isTerritory && (
                <th scope="col" className={classes.number}>
                  Not opacified
                </th>
              )}
              <th scope="col" className={classes.number}>
                No answer
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ code, label: name, rates }, place) =>
              rates.map((rate, index) => (
                <tr
                  key={`${code} ${rate.rater}`}
                  className={place > 0 && index === 0 ? classes.groupStart : undefined}
                >
                  {index === 0 && (
                    <th scope="rowgroup" rowSpan={rates.length}>
                      {name}
                    </th>
                  )}
                  <td>{rate.rater}</td>
                  <td className={classes.number}>
                    {rate.high}/{rate.n}
                  </td>
                  <td className={classes.number}>{formatPercent(rate.rate)}</td>
                  <td className={classes.number}>{formatPercentRange(rate.wilson)}</td>
                  {isTerritory && (
                    <td className={classes.number}>{formatCount(rate.not_opacified)}</td>
                  )}
                  <td className={classes.number}>{formatCount(rate.unanswered)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  )
}

function Agreement({ label, what, items, coverage, kappa }: TableProps & { kappa: string }) {
  const [first] = items
  if (!first) return null
  const isTerritory = what === 'Territory'
  const refused = items.filter((item) => item.kappa.refused !== null)
  return (
    <figure>
      <Caption label={label}>
        {isTerritory
          ? `Agreement by territory: ${kappa}, ${WEIGHTS_NAME[first.kappa.weights]}, of the grades; then of all answers, “not opacified” being one beside the levels, unweighted.`
          : `Agreement on the questions: ${kappa}.`}
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={`Agreement by ${what.toLowerCase()}`}>
          <thead>
            <tr>
              <th scope="col">{what}</th>
              <th scope="col" className={classes.number}>
                Cases
              </th>
              <th scope="col" className={classes.number}>
                κ
              </th>
              <th scope="col" className={classes.number}>
                {coverage} CI
              </th>
              <th scope="col" className={classes.number}>
                AC1
              </th>
              <th scope="col" className={classes.number}>
                Same
              </th>
              {isTerritory && (
                <>
                  <th scope="col" className={classes.number}>
                    κ, all answers
                  </th>
                  <th scope="col" className={classes.number}>
                    {coverage} CI
                  </th>
                  <th scope="col" className={classes.number}>
                    Same
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.code}>
                <th scope="row">{item.label}</th>
                <td className={classes.number}>{formatCount(item.n_paired)}</td>
                <td className={classes.number}>{valueOf(item.kappa.estimate)}</td>
                <td className={classes.number}>{formatRange(item.kappa.ci)}</td>
                <td className={classes.number}>{valueOf(item.ac1.estimate)}</td>
                <td className={classes.number}>{formatPercent(item.percent_agreement)}</td>
                {isTerritory && <AllAnswers item={item} />}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        Secondary: intervals from {formatCount(first.kappa.resamples)} resamples, not corrected for
        the number of comparisons.
      </p>
      {refused.map((item) => (
        <p key={item.code} className={classes.note}>
          {item.label}: {item.kappa.refused}.
        </p>
      ))}
    </figure>
  )
}

function AllAnswers({ item: { answers } }: { item: ItemReport }) {
  return (
    <>
      <td className={classes.number}>{answers ? valueOf(answers.kappa.estimate) : '–'}</td>
      <td className={classes.number}>{formatRange(answers?.kappa.ci ?? null)}</td>
      <td className={classes.number}>{formatPercent(answers?.percent_agreement ?? null)}</td>
    </>
  )
}

const valueOf = (value: number | null) => (value === null ? 'undefined' : formatCoefficient(value))
