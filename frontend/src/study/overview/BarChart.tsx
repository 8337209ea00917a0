import { positionOn } from '../../report/scale'
import classes from './BarChart.module.css'
import { countAxis } from './chart'

const WIDTH = 560
const HEIGHT = 190
const PLOT = { left: 34, right: 552, top: 18, bottom: 156 }

export interface Bar {
  /** What the bar stands for, in full. */
  name: string
  count: number
}

interface BarChartProps {
  label: string
  /** What is counted, as the head of a column. */
  counted: string
  /** What tells the bars apart, as the head of a column. */
  by: string
  bars: Bar[]
  /** Words below the axis, at a place counted in bars. */
  ticks: { at: number; text: string }[]
  mark?: { at: number; text: string } | undefined
}

/** A quiet chart of counts with its numbers beneath. */
export function BarChart({ label, counted, by, bars, ticks, mark }: BarChartProps) {
  const axis = countAxis(bars.map(({ count }) => count))
  const y = positionOn(axis, PLOT.bottom, PLOT.top)
  const width = (PLOT.right - PLOT.left) / bars.length
  const x = (at: number) => PLOT.left + at * width
  const gap = width > 6 ? 2 : 0.75
  return (
    <figure style={{ margin: 0 }}>
      <svg
        className={classes.figure}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={label}
      >
        {axis.ticks.map((tick) => (
          <g key={tick}>
            <line
              className={tick === 0 ? classes.axis : classes.grid}
              x1={PLOT.left}
              x2={PLOT.right}
              y1={y(tick)}
              y2={y(tick)}
            />
            <text className={classes.label} x={PLOT.left - 8} y={y(tick) + 4} textAnchor="end">
              {tick}
            </text>
          </g>
        ))}
        {bars.map(({ name, count }, index) => (
          <rect
            key={name}
            className={classes.bar}
            x={x(index) + gap / 2}
            y={y(count)}
            width={width - gap}
            height={PLOT.bottom - y(count)}
          >
            <title>{`${name}: ${count}`}</title>
          </rect>
        ))}
        {ticks.map(({ at, text }) => (
          <text
            key={text}
            className={classes.label}
            x={x(at)}
            y={PLOT.bottom + 20}
            textAnchor="middle"
          >
            {text}
          </text>
        ))}
        {mark && (
          <g>
            <line
              className={classes.mark}
              x1={x(mark.at)}
              x2={x(mark.at)}
              y1={PLOT.top - 4}
              y2={PLOT.bottom}
            />
            <text className={classes.markLabel} x={x(mark.at) + 6} y={PLOT.top + 4}>
              {mark.text}
            </text>
          </g>
        )}
      </svg>
      <details className={classes.numbers}>
        <summary>Numbers</summary>
        <table aria-label={label}>
          <thead>
            <tr>
              <th scope="col">{by}</th>
              <th scope="col">{counted}</th>
            </tr>
          </thead>
          <tbody>
            {bars
              .filter(({ count }) => count > 0)
              .map(({ name, count }) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td>{count}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
