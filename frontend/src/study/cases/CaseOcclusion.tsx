import { Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { CaseDetail, Study } from '../../api/types'
import { mayRun } from '../rights'
import { isLocked } from '../wording'
import { occlusionInWords } from './occlusion'
import { OcclusionDialog } from './OcclusionDialog'

/** Where the vessel was occluded; a coordinator may correct it until the lock. */
export function CaseOcclusion({ study, studyCase }: { study: Study; studyCase: CaseDetail }) {
  const [asked, { open, close }] = useDisclosure(false)
  const words = occlusionInWords(studyCase)
  return (
    <Group gap="xs">
      <Text>
        Occlusion: {words === '' ? <Text span c="dimmed">side and segment not known</Text> : words}
      </Text>
      {mayRun(study) && !isLocked(study.state) && (
        <>
          <Button variant="subtle" size="compact-sm" onClick={open}>
            Change
          </Button>
          <OcclusionDialog study={study} studyCase={studyCase} opened={asked} onClose={close} />
        </>
      )}
    </Group>
  )
}
