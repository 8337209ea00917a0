import { Anchor } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { reviewSeries } from '../../api/client'
import type { ImageSeries } from '../../api/types'
import { ReasonDialog } from '../ReasonDialog'
import { seriesName } from './seriesWords'

interface LookAgainProps {
  studyId: string
  caseId: string
  series: ImageSeries
}

/** Takes a release or a keeping out back; sends a CT that needed no look to have one. */
export function LookAgain({ studyId, caseId, series }: LookAgainProps) {
  const [asking, { open, close }] = useDisclosure(false)
  const name = seriesName(series)
  const unlooked = series.review === 'not-needed'
  const words = unlooked ? 'Look for names' : 'Look again'
  return (
    <>
      <Anchor
        component="button"
        type="button"
        fz="sm"
        td="underline"
        aria-label={`${words}: ${name}`}
        onClick={open}
      >
        {words}
      </Anchor>
      <ReasonDialog
        title={unlooked ? `Look for names in ${name}?` : `Look at ${name} again?`}
        opened={asking}
        onClose={close}
        studyId={studyId}
        reasonLabel="Reason"
        confirm="Send it to Release"
        act={(note) =>
          reviewSeries(studyId, caseId, series.id, {
            decision: 'look-again',
            phase: '',
            blackouts: [],
            note,
          })
        }
        onDone={() => undefined}
      >
        It waits on the Release page, and until somebody releases it there it is used for nothing
        and the case is not ready.
      </ReasonDialog>
    </>
  )
}
