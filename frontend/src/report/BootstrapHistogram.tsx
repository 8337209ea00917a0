import type { Report } from '../api/types'
import { formatCoefficient, formatCount, formatEstimate } from '../format'
import { BOOTSTRAP_NAME } from '../study/wording'
import { Caption } from './Caption'
import classes from './report.module.css'
import { coefficientAxis, positionOn } from './scale'

const WIDTH = 820
const HEIGHT = 250
const PLOT = { left: 20, right: 800, top: 40, bottom: 200 }

interface Bin {
  low: number
  high: number
  count: number
}

function binsOf({ histogram: { edges, counts } }: Report): Bin[] {
  return counts.map((count, index) => ({
    low: edges[index] ?? 0,
    high: edges[index + 1] ?? 0,
    count,
  }))
}

/** Bootstrap distribution of the primary κ with its interval. */
export function BootstrapHistogram({ report, coverage }: { report: Report; coverage: string }) {
  const { kappa } = report
  const bins = binsOf(report)
  if (bins.length === 0) return null
  return (
    <figure>
      <Caption label="Figure 2">
        {`Bootstrap distribution of the primary κ: ${formatEstimate(kappa.estimate, kappa.ci)}, ${formatCount(kappa.resamples)} resamples.`}
        {kappa.ci && ` Coloured: ${coverage} interval (${BOOTSTRAP_NAME[kappa.method]}).`}
      </Caption>
      <Bars bins={bins} report={report} />
      <details className={classes.numbers}>
        <summary>Numbers of Figure 2</summary>
        <BinTable bins={bins} />
      </details>
    </figure>
  )
}

function Bars({ bins, report }: { bins: Bin[]; report: Report }) {
  const { ci, estimate } = report.kappa
  const axis = coefficientAxis(report.histogram.edges)
  const x = positionOn(axis, PLOT.left, PLOT.right)
  const most = Math.max(...bins.map(({ count }) => count), 1)
  const isInside = ({ low, high }: Bin) => {
    const middle = (low + high) / 2
    return ci !== null && middle >= ci[0] && middle <= ci[1]
  }
  return (
    <svg
      className={classes.figure}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label="Histogram of the primary κ over all resamples"
    >
      {bins.map((bin) => {
        const height = (bin.count / most) * (PLOT.bottom - PLOT.top)
        return (
          <rect
            key={bin.low}
            className={isInside(bin) ? classes.barInside : classes.bar}
            x={x(bin.low)}
            y={PLOT.bottom - height}
            width={Math.max(x(bin.high) - x(bin.low) - 0.75, 0.5)}
            height={height}
          />
        )
      })}
      <line
        className={classes.axis}
        x1={PLOT.left}
        x2={PLOT.right}
        y1={PLOT.bottom}
        y2={PLOT.bottom}
      />
      {axis.ticks.map((tick) => (
        <text
          key={tick}
          className={classes.minor}
          x={x(tick)}
          y={PLOT.bottom + 20}
          textAnchor="middle"
        >
          {formatCoefficient(tick)}
        </text>
      ))}
      <text
        className={classes.minor}
        x={(PLOT.left + PLOT.right) / 2}
        y={PLOT.bottom + 42}
        textAnchor="middle"
      >
        κ
      </text>
      {ci?.map((bound) => (
        <Mark key={bound} x={x(bound)} value={bound} className={classes.bound} />
      ))}
      {estimate !== null && <Mark x={x(estimate)} value={estimate} className={classes.estimate} />}
    </svg>
  )
}

interface MarkProps {
  x: number
  value: number
  className: string | undefined
}

function Mark({ x, value, className }: MarkProps) {
  return (
    <g>
      <line className={className} x1={x} x2={x} y1={PLOT.top - 12} y2={PLOT.bottom} />
      <text className={classes.heading} x={x} y={PLOT.top - 20} textAnchor="middle">
        {formatCoefficient(value)}
      </text>
    </g>
  )
}

function BinTable({ bins }: { bins: Bin[] }) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label="Numbers of Figure 2">
        <thead>
          <tr>
            <th scope="col">κ from</th>
            <th scope="col">to</th>
            <th scope="col" className={classes.number}>
              Resamples
            </th>
          </tr>
        </thead>
        <tbody>
          {bins.map(({ low, high, count }) => (
            <tr key={low}>
              <td>{formatCoefficient(low, 3)}</td>
              <td>{formatCoefficient(high, 3)}</td>
              <td className={classes.number}>{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
