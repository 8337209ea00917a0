import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconArchive, IconArrowBackUp, IconTarget } from '@tabler/icons-react'
import { restoreCase, setCasePurpose, withdrawCase } from '../../api/client'
import type { CaseDetail, Study } from '../../api/types'
import { mayRun } from '../rights'
import { CalibrationDialog } from './CalibrationDialog'
import { ReasonDialog } from '../ReasonDialog'
import { useStudyChange } from '../useStudyChange'

interface CaseActionsProps {
  study: Study
  studyCase: CaseDetail
}

/** What a coordinator can do with a case now. */
export function CaseActions({ study, studyCase }: CaseActionsProps) {
  const settingUp = study.state === 'setup'
  const reading = study.state === 'reading'
  const changeable = settingUp || (reading && studyCase.purpose === 'study')
  if (!mayRun(study) || !changeable || studyCase.deleted) return null
  if (studyCase.withdrawn_at !== null) return <Restore study={study} studyCase={studyCase} />
  return (
    <Group gap="sm">
      {settingUp && <Calibration study={study} studyCase={studyCase} />}
      <Withdraw study={study} studyCase={studyCase} />
    </Group>
  )
}

function Calibration({ study, studyCase }: CaseActionsProps) {
  const [asked, { open, close }] = useDisclosure(false)
  const forCalibration = studyCase.purpose === 'calibration'
  const backToStudy = useStudyChange(
    study.id,
    () => setCasePurpose(study.id, studyCase.id, studyCase.etag, 'study', null),
    () => undefined,
  )
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconTarget size={16} aria-hidden />}
        onClick={open}
      >
        {forCalibration ? 'Change the reference grade' : 'Use for calibration'}
      </Button>
      {forCalibration && (
        <Button
          variant="default"
          loading={backToStudy.isPending}
          onClick={() => {
            backToStudy.mutate(undefined, { onError: tell })
          }}
        >
          Use for the study
        </Button>
      )}
      <CalibrationDialog study={study} studyCase={studyCase} opened={asked} onClose={close} />
    </>
  )
}

function Withdraw({ study, studyCase }: CaseActionsProps) {
  const [asked, { open, close }] = useDisclosure(false)
  const { code, ratings } = studyCase
  return (
    <>
      <Button variant="default" leftSection={<IconArchive size={16} aria-hidden />} onClick={open}>
        Withdraw
      </Button>
      <ReasonDialog
        title={`Withdraw ${code}?`}
        studyId={study.id}
        opened={asked}
        onClose={close}
        reasonLabel="Why is it withdrawn?"
        reasonHint="The reason stands in the study’s record. Name no patient."
        confirm="Withdraw"
        act={(reason) => withdrawCase(study.id, studyCase.id, reason)}
        onDone={() => {
          notifications.show({ message: `${code} is withdrawn. It can be restored until the lock.` })
        }}
      >
        {ratings.submitted > 0
          ? `Raters no longer see the case and it is left out of the analysis. What was read stays stored (${ratings.submitted} of ${ratings.expected}).`
          : 'No rater sees the case and it is left out of the analysis.'}{' '}
        You can restore it until the study is locked.
      </ReasonDialog>
    </>
  )
}

function Restore({ study, studyCase }: CaseActionsProps) {
  const restore = useStudyChange(
    study.id,
    () => restoreCase(study.id, studyCase.id),
    () => {
      notifications.show({ message: `${studyCase.code} is part of the study again.` })
    },
  )
  return (
    <Group>
      <Button
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        loading={restore.isPending}
        onClick={() => {
          restore.mutate(undefined, { onError: tell })
        }}
      >
        Restore
      </Button>
    </Group>
  )
}

function tell(error: Error) {
  notifications.show({ color: 'red', title: 'Nothing was changed', message: error.message })
}
