import { UnstyledButton } from '@mantine/core'
import type { CSSProperties } from 'react'
import type { PairReport } from '../api/types'
import { formatCoefficient, formatRange } from '../format'
import { WEIGHTS_NAME } from '../study/wording'
import { Caption } from './Caption'
import { nameOfPair } from './pairs'
import classes from './report.module.css'

interface PairMatrixProps {
  raters: string[]
  pairs: PairReport[]
  chosen: PairReport
  onChoose: (pair: PairReport) => void
  coverage: string
}

/** κ of every pair of raters; a click opens the pair's own tables below. */
export function PairMatrix({ raters, pairs, chosen, onChoose, coverage }: PairMatrixProps) {
  const weights = WEIGHTS_NAME[chosen.kappa.weights]
  const find = (row: string, column: string) =>
    pairs.find((pair) => pair.raters[0] === row && pair.raters[1] === column)
  return (
    <figure>
      <Caption label="Table 1">
        {`Cohen’s κ (${weights}) of each pair of raters with its ${coverage} interval.`}
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.pairs} aria-label="κ of each pair of raters">
          <thead>
            <tr>
              <td />
              {raters.slice(1).map((rater) => (
                <th key={rater} scope="col">
                  {rater}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {raters.slice(0, -1).map((row) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {raters.slice(1).map((column) => {
                  const pair = find(row, column)
                  return (
                    <td key={column}>
                      {pair && (
                        <UnstyledButton
                          className={classes.pair}
                          style={tint(pair.kappa.estimate)}
                          aria-pressed={pair === chosen}
                          aria-label={`Show ${nameOfPair(pair)}`}
                          onClick={() => {
                            onChoose(pair)
                          }}
                        >
                          <strong>
                            {pair.kappa.estimate === null
                              ? 'undefined'
                              : formatCoefficient(pair.kappa.estimate)}
                          </strong>
                          <span>{formatRange(pair.kappa.ci)}</span>
                        </UnstyledButton>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        The darker, the higher κ. Choose a pair to see its grades and coefficients below.
      </p>
    </figure>
  )
}

function tint(kappa: number | null): CSSProperties {
  const share = Math.round(Math.max(0, kappa ?? 0) * 60)
  return { background: `color-mix(in srgb, var(--mantine-color-petrol-4) ${share}%, white)` }
}
