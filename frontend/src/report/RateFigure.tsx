import type { Rate, Report } from '../api/types'
import { formatPercent, formatPercentRange } from '../format'
import { Caption } from './Caption'
import { rateGroups, type RateGroup } from './rateGroups'
import classes from './report.module.css'
import { positionOn, shareAxis } from './scale'

const WIDTH = 820
const RATER = 124
const PLOT = { left: 190, right: 556 }
const COUNT_END = 632
const ROW = 26
const GROUP_GAP = 14
const AXIS_HEIGHT = 44
const POINT = 9

interface FigureProps {
  report: Report
  coverage: string
}

/** Forest plot of the rates of high quality. */
export function RateFigure({ report, coverage }: FigureProps) {
  const groups = rateGroups(report)
  const axis = shareAxis(groups.flatMap(({ rates }) => rates.flatMap(({ wilson }) => wilson ?? [])))
  const x = positionOn(axis, PLOT.left, PLOT.right)
  const rows = placeRows(groups)
  const bottom = (rows.at(-1)?.y ?? 0) + ROW
  return (
    <figure>
      <Caption label="Figure 1">
        Share of cases of high quality with Wilson {coverage} intervals
        {axis.low > 0 && `; the axis starts at ${formatPercent(axis.low, 0)}`}.
      </Caption>
      <svg
        className={classes.figure}
        viewBox={`0 0 ${WIDTH} ${bottom + AXIS_HEIGHT}`}
        role="img"
        aria-label="Forest plot of the rates; Table 2 has its numbers"
      >
        {axis.ticks.map((tick) => (
          <g key={tick}>
            <line className={classes.grid} x1={x(tick)} x2={x(tick)} y1={0} y2={bottom} />
            <text className={classes.minor} x={x(tick)} y={bottom + 18} textAnchor="middle">
              {formatPercent(tick, 0)}
            </text>
          </g>
        ))}
        <line className={classes.axis} x1={PLOT.left} x2={PLOT.right} y1={bottom} y2={bottom} />
        <text
          className={classes.minor}
          x={(PLOT.left + PLOT.right) / 2}
          y={bottom + 38}
          textAnchor="middle"
        >
          Cases of high quality
        </text>
        {rows.map((row) => (
          <RateRow key={`${row.group} ${row.rate.rater}`} row={row} x={x} />
        ))}
      </svg>
    </figure>
  )
}

interface PlacedRow {
  group: string
  leads: boolean
  rate: Rate
  y: number
}

function placeRows(groups: RateGroup[]): PlacedRow[] {
  let y = ROW / 2
  return groups.flatMap(({ name, rates }, groupIndex) => {
    if (groupIndex > 0) y += GROUP_GAP
    return rates.map((rate, index) => {
      const row = { group: name, leads: index === 0, rate, y }
      y += ROW
      return row
    })
  })
}

function RateRow({ row, x }: { row: PlacedRow; x: (share: number) => number }) {
  const { rate, y } = row
  return (
    <g>
      {row.leads && (
        <text className={classes.heading} x={0} y={y} dominantBaseline="central">
          {row.group}
        </text>
      )}
      <text x={RATER} y={y} dominantBaseline="central">
        {rate.rater}
      </text>
      <RateMark rate={rate} x={x} y={y} />
      <text
        className={classes.minor}
        x={COUNT_END}
        y={y}
        textAnchor="end"
        dominantBaseline="central"
      >
        {rate.high}/{rate.n}
      </text>
      <text x={WIDTH} y={y} textAnchor="end" dominantBaseline="central">
        {rate.rate === null
          ? 'no case scored'
          : `${formatPercent(rate.rate)} (${formatPercentRange(rate.wilson)})`}
      </text>
    </g>
  )
}

interface RateMarkProps {
  rate: Rate
  x: (share: number) => number
  y: number
}

function RateMark({ rate, x, y }: RateMarkProps) {
  if (rate.rate === null || rate.wilson === null) return null
  const [low, high] = rate.wilson
  return (
    <>
      <line className={classes.whisker} x1={x(low)} x2={x(high)} y1={y} y2={y} />
      <line className={classes.whisker} x1={x(low)} x2={x(low)} y1={y - 5} y2={y + 5} />
      <line className={classes.whisker} x1={x(high)} x2={x(high)} y1={y - 5} y2={y + 5} />
      <rect
        className={classes.point}
        x={x(rate.rate) - POINT / 2}
        y={y - POINT / 2}
        width={POINT}
        height={POINT}
      />
    </>
  )
}
