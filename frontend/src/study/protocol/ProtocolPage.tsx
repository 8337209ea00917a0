import { Alert, Badge, Button, Grid, Group, Stack, Text } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useProtocol } from '../../api/queries'
import type { ProtocolInForce, Study } from '../../api/types'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { Hash } from '../overview/Hash'
import { Section } from '../overview/Section'
import { useLoadedStudy } from '../StudyLayout'
import { dropDraft, readDraft } from './draftStore'
import { ProtocolSummary } from './ProtocolSummary'
import { SampleSizePanel } from './SampleSizePanel'
import { VersionHistory } from './VersionHistory'

export default function ProtocolPage() {
  const study = useLoadedStudy()
  const protocol = useProtocol(study.id)
  return (
    <Stack gap="md">
      <title>{`Protocol · ${study.name} · Reader Study`}</title>
      {protocol.isPending ? (
        <LoadingState what="the protocol" />
      ) : protocol.isError ? (
        <FailureState error={protocol.error} onRetry={() => void protocol.refetch()} />
      ) : (
        <InForce study={study} inForce={protocol.data} />
      )}
    </Stack>
  )
}

function InForce({ study, inForce }: { study: Study; inForce: ProtocolInForce }) {
  const mayEdit = inForce.may_change !== 'nothing'
  return (
    <>
      {mayEdit && <UnfinishedEdits studyId={study.id} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Section
            title="Protocol in force"
            aside={
              <Group gap="xs">
                <Badge variant="light" tt="none">
                  Version {inForce.version}
                </Badge>
                <Hash sha256={inForce.sha256} of="the protocol" />
                {mayEdit && (
                  <Button
                    component={Link}
                    to="edit"
                    leftSection={<IconPencil size={16} aria-hidden />}
                  >
                    {inForce.may_change === 'amend' ? 'Amend' : 'Edit'}
                  </Button>
                )}
              </Group>
            }
          >
            <Text size="sm" c="dimmed">
              {whatMayChange(study, inForce)}
            </Text>
            <ProtocolSummary studyId={study.id} protocol={inForce.document} />
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <VersionHistory versions={inForce.versions} />
            {isPlanned(study) && <SampleSizePanel confidence={inForce.document.confidence} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

/** Before the lock, so that a number of cases is still of use. */
function isPlanned({ state }: Study): boolean {
  return state === 'setup' || state === 'reading'
}

function whatMayChange(study: Study, inForce: ProtocolInForce): string {
  switch (inForce.may_change) {
    case 'everything':
      return 'Everything may change until the study is opened for reading.'
    case 'amend':
      return 'Raters are reading by it. An amendment needs a reason, and each case keeps the version it was read by.'
    case 'nothing':
      return isPlanned(study)
        ? 'Coordinators of the study change it.'
        : 'The study is locked: its protocol cannot change any more.'
  }
}

function UnfinishedEdits({ studyId }: { studyId: string }) {
  const [kept, setKept] = useState(() => readDraft(studyId) !== null)
  if (!kept) return null
  return (
    <Alert color="yellow" role="status">
      <Group justify="space-between">
        <Text size="sm">You have changes to the protocol that are not saved yet.</Text>
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              dropDraft(studyId)
              setKept(false)
            }}
          >
            Discard them
          </Button>
          <Button component={Link} to="edit" size="xs">
            Go on editing
          </Button>
        </Group>
      </Group>
    </Alert>
  )
}
