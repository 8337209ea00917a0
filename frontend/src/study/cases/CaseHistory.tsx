import type { CaseDetail } from '../../api/types'
import { formatDateTime } from '../../format'
import classes from './CaseDetail.module.css'

/** What happened to a case since it came in. */
export function CaseHistory({ steps }: { steps: CaseDetail['history'] }) {
  return (
    <ol className={classes.history}>
      {steps.map(({ what, at, message }) => (
        <li key={`${at} ${what}`}>
          <time dateTime={at}>{formatDateTime(at)}</time>
          <span>
            {what.charAt(0).toUpperCase() + what.slice(1)}
            {message !== '' && `: ${message}`}
          </span>
        </li>
      ))}
    </ol>
  )
}
