import { Title } from '@mantine/core'
import type { Report } from '../api/types'
import { formatCount, formatUtc } from '../format'
import classes from './report.module.css'

/** What identifies the data and the rules behind the numbers. */
export function StudyRecord({ report }: { report: Report }) {
  const { kappa, model } = report
  return (
    <section aria-labelledby="record">
      <Title order={3} id="record">
        Record
      </Title>
      <dl className={classes.record}>
        <dt>Locked</dt>
        <dd>{formatUtc(report.locked_at)}</dd>
        <dt>Snapshot SHA-256</dt>
        <dd className={classes.hash}>{report.snapshot_sha256}</dd>
        <dt>Protocol SHA-256</dt>
        <dd className={classes.hash}>{report.protocol_sha256}</dd>
        <dt>Bootstrap</dt>
        <dd>
          {formatCount(kappa.resamples)} resamples, seed {kappa.seed}
        </dd>
        {model !== null && (
          <>
            <dt>Segmentation model</dt>
            <dd>
              {model.name}. {model.notice}
            </dd>
            <dt>Model SHA-256</dt>
            <dd className={classes.hash}>{model.sha256}</dd>
          </>
        )}
      </dl>
    </section>
  )
}
