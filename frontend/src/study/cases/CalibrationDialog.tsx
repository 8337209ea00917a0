import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { setCasePurpose } from '../../api/client'
import type { CaseDetail, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { SaveProblem } from '../SaveProblem'
import { useBasis } from '../useBasis'
import { useStudyChange } from '../useStudyChange'

interface CalibrationDialogProps {
  study: Study
  studyCase: CaseDetail
  opened: boolean
  onClose: () => void
}

/** Marks a case for calibration with the grade that raters should give it. */
export function CalibrationDialog(props: CalibrationDialogProps) {
  return (
    <Dialog
      title={`Use ${props.studyCase.code} for calibration?`}
      opened={props.opened}
      onClose={props.onClose}
    >
      <CalibrationForm {...props} />
    </Dialog>
  )
}

function CalibrationForm({ study, studyCase, onClose }: CalibrationDialogProps) {
  const [grade, setGrade] = useState<number | null>(studyCase.reference_grade)
  const basis = useBasis(study.id, studyCase)
  const marking = useStudyChange(
    study.id,
    () => setCasePurpose(study.id, studyCase.id, basis.etag, 'calibration', grade),
    () => {
      onClose()
      notifications.show({ message: `${studyCase.code} is a calibration case.` })
    },
  )
  const bestFirst = [...study.protocol.levels].sort((a, b) => b.value - a.value)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        marking.mutate(undefined)
      }}
    >
      <Stack>
        <Text>
          Raters read it before the study’s own cases. It is left out of the analysis. Raters never
          see the reference grade.
        </Text>
        {study.protocol.calibration === null && (
          <Alert color="orange">
            The protocol asks for no calibration yet. Add it there, or the study cannot be opened.
          </Alert>
        )}
        <Radio.Group
          label="Which grade should it be given?"
          value={grade === null ? null : String(grade)}
          onChange={(value) => {
            setGrade(Number(value))
          }}
        >
          <Stack gap="xs" mt="xs">
            {bestFirst.map(({ value, name, anchor }) => (
              <Radio
                key={value}
                value={String(value)}
                label={`${value} ${name}`}
                description={anchor}
              />
            ))}
          </Stack>
        </Radio.Group>
        <SaveProblem
          error={marking.error}
          isNewer={basis.isNewer}
          saved={purposeInWords(studyCase)}
          onLoadNewer={() => void basis.loadNewer().then(marking.reset)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={grade === null} loading={marking.isPending}>
            Use for calibration
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function purposeInWords({ purpose, reference_grade, withdrawn_at }: CaseDetail): string {
  if (withdrawn_at !== null) return 'the case is withdrawn'
  return purpose === 'calibration'
    ? `for calibration, with grade ${reference_grade ?? '–'}`
    : 'a case of the study'
}
