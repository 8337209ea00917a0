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
 * A thin line needs more strength than an area to be seen as well: half opacity is 70 % of a line.
 */
export function Outlines({ rect, columns, rows, paths, colours, opacity }: OutlinesProps) {
  const place = `translate(${rect.x} ${rect.y}) scale(${rect.width / columns} ${rect.height / rows})`
  return (
    <svg className={`${classes.lines} ${classes.outlines}`} opacity={Math.sqrt(opacity)} aria-hidden>
      <g transform={place}>
        {[...paths].map(([label, path]) => (
          <path key={label} d={path} stroke={`rgb(${colours[label - 1]?.join(' ')})`} />
        ))}
      </g>
    </svg>
  )
}
