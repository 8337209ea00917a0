import { Title } from '@mantine/core'
import { useSignatures } from '../api/queries'
import type { Report } from '../api/types'
import { formatCount, formatUtc } from '../format'
import { SignatureList } from '../signatures/SignatureList'
import classes from './report.module.css'

/** What identifies the data and the rules behind the numbers. */
export function StudyRecord({ report, studyId }: { report: Report; studyId: string }) {
  const { kappa, model } = report
  return (
    <>
    <SignedBy studyId={studyId} />
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
    </>
  )
}

function SignedBy({ studyId }: { studyId: string }) {
  const signatures = useSignatures(studyId)
  if (!signatures.data) return null
  return (
    <section aria-labelledby="signatures">
      <Title order={3} id="signatures">
        Signatures
      </Title>
      <SignatureList signatures={signatures.data.signatures} />
    </section>
  )
}