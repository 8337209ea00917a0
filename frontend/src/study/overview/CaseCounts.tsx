import { Link } from 'react-router'
import { casesInWork } from '../../api/queries'
import type { Study } from '../../api/types'
import { formatCount } from '../../format'
import classes from './CaseCounts.module.css'

/** How many cases are where; each number leads to its cases. */
export function CaseCounts({ study }: { study: Study }) {
  const { cases, ready, review, failed, without_dsa } = study.counts
  return (
    <div className={classes.counts}>
      <Count label="in all" count={cases} filter="" />
      <Count label="ready" count={ready} filter="?show=ready" />
      <Count label="in work" count={casesInWork(study.counts)} filter="?show=in-work" />
      {review > 0 && (
        <Count label="to be released" count={review} filter="?show=review" alarming />
      )}
      <Count label="failed" count={failed} filter="?show=failed" alarming={failed > 0} />
      <Count label="without DSA" count={without_dsa} filter="?show=without-dsa" />
    </div>
  )
}

interface CountProps {
  label: string
  count: number
  filter: string
  alarming?: boolean
}

function Count({ label, count, filter, alarming }: CountProps) {
  return (
    <Link to={`cases${filter}`} className={classes.count}>
      <span className={classes.number} data-alarming={alarming ? '' : undefined}>
        {formatCount(count)}
      </span>{' '}
      <span className={classes.label}>{label}</span>
    </Link>
  )
}
