import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { setOcclusion } from '../../api/client'
import type { CaseDetail, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { SaveProblem } from '../SaveProblem'
import { useBasis } from '../useBasis'
import { useStudyChange } from '../useStudyChange'
import { occlusionInWords, SEGMENT_NAMES, SIDE_NAMES } from './occlusion'

interface OcclusionDialogProps {
  study: Study
  studyCase: CaseDetail
  opened: boolean
  onClose: () => void
}

/** Corrects side and segment of a case's occlusion. */
export function OcclusionDialog(props: OcclusionDialogProps) {
  return (
    <Dialog
      title={`Where was the occlusion of ${props.studyCase.code}?`}
      opened={props.opened}
      onClose={props.onClose}
    >
      <OcclusionForm {...props} />
    </Dialog>
  )
}

function OcclusionForm({ study, studyCase, onClose }: OcclusionDialogProps) {
  const [side, setSide] = useState<string>(studyCase.occlusion_side)
  const [segment, setSegment] = useState<string>(studyCase.occlusion_segment)
  const basis = useBasis(study.id, studyCase)
  const saving = useStudyChange(
    study.id,
    () => setOcclusion(study.id, studyCase.id, basis.etag, side, segment),
    () => {
      onClose()
      notifications.show({ message: `Side and segment of ${studyCase.code} are saved.` })
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        saving.mutate(undefined)
      }}
    >
      <Stack>
        <Text>
          The report shows rates by side and by segment. Raters are never told either. What is
          changed stands in the study’s record.
        </Text>
        <NativeSelect
          label="Side"
          data={withUnknown(SIDE_NAMES)}
          value={side}
          onChange={(event) => {
            setSide(event.currentTarget.value)
          }}
        />
        <NativeSelect
          label="Segment"
          description="The first one, seen from the heart, that was occluded"
          data={withUnknown(SEGMENT_NAMES)}
          value={segment}
          onChange={(event) => {
            setSegment(event.currentTarget.value)
          }}
        />
        <SaveProblem
          error={saving.error}
          isNewer={basis.isNewer}
          saved={occlusionInWords(studyCase) || 'side and segment not known'}
          onLoadNewer={() => void basis.loadNewer().then(saving.reset)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function withUnknown(names: Record<string, string>) {
  const known = Object.entries(names).map(([value, label]) => ({ value, label }))
  return [{ value: '', label: 'Not known' }, ...known]
}
