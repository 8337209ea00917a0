import type { Rect } from '../../viewer/fit'
import type { Overlay } from '../../viewer/mpr'
import classes from './ct.module.css'

interface OutlinesProps {
  rect: Rect
  columns: number
  rows: number
  paths: ReadonlyMap<number, string>
  colours: Overlay['colours']
  opacity: number
}

/**
 * Outlines of the arteries, one pixel of the screen wide at any zoom.
 *
 * A thin line is seen as well as an area only where it is stronger: half opacity draws it at 70 %.
 */
export function Outlines({ rect, columns, rows, paths, colours, opacity }: OutlinesProps) {
  const scale = `${rect.width / columns} ${rect.height / rows}`
  return (
    <svg className={`${classes.lines} ${classes.outlines}`} opacity={Math.sqrt(opacity)} aria-hidden>
      <g transform={`translate(${rect.x} ${rect.y}) scale(${scale})`}>
        {[...paths].map(([label, path]) => (
          <path key={label} d={path} stroke={`rgb(${colours[label - 1]?.join(' ')})`} />
        ))}
      </g>
    </svg>
  )
}
