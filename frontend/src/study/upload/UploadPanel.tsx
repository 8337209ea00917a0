import { Alert, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Study, Upload } from '../../api/types'
import { countOf } from '../../format'
import { ChooseButtons } from './ChooseButtons'
import { ChosenPanel } from './ChosenPanel'
import { GoOnPanel } from './GoOnPanel'
import { ExampleLink } from './ListOfCases'
import { PageDropTarget } from './PageDropTarget'
import { type RunningUpload, useRunningUpload } from './runningUploads'
import { SendingPanel } from './SendingPanel'
import { type ChosenInBrowser, useChoice } from './useChoice'
import classes from './UploadPanel.module.css'

interface UploadPanelProps {
  study: Study
  /** An upload that was interrupted and that somebody wants to go on with. */
  unfinished: Upload | null
  onUnfinishedDone: () => void
}

/** The way in for files: chosen, looked over, sent. */
export function UploadPanel({ study, unfinished, onUnfinishedDone }: UploadPanelProps) {
  const running = useRunningUpload(study.id)
  return (
    <section aria-label="Add cases">
      {running ? (
        <Running study={study} running={running} />
      ) : (
        <Choosing
          // What was chosen for one upload is not meant for another.
          key={unfinished?.id}
          study={study}
          unfinished={unfinished}
          onUnfinishedDone={onUnfinishedDone}
        />
      )}
    </section>
  )
}

function Running({ study, running }: { study: Study; running: RunningUpload }) {
  return (
    <>
      <PageDropTarget onDrop={null}>Wait until the files are sent</PageDropTarget>
      <SendingPanel study={study} running={running} />
    </>
  )
}

function Choosing({ study, unfinished, onUnfinishedDone }: UploadPanelProps) {
  const chosen = useChoice()
  const { choice, reading, problem } = chosen
  const isEmpty = choice.files.length + choice.lists.length === 0
  return (
    <Stack gap="xs">
      <PageDropTarget onDrop={chosen.addDropped}>
        {unfinished
          ? `Let go to go on with ${unfinished.filename}`
          : 'Let go to add these files; nothing is sent yet'}
      </PageDropTarget>
      {problem !== '' && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {problem}
        </Alert>
      )}
      {reading !== null && <Reading count={reading} onStop={chosen.clear} />}
      {unfinished && (
        <GoOnPanel
          study={study}
          upload={unfinished}
          chosen={chosen}
          onClose={onUnfinishedDone}
        />
      )}
      {!unfinished && isEmpty && reading === null && <Invitation study={study} chosen={chosen} />}
      {!unfinished && !isEmpty && <ChosenPanel study={study} chosen={chosen} />}
    </Stack>
  )
}

function Reading({ count, onStop }: { count: number; onStop: () => void }) {
  return (
    <Group className={classes.panel} px="lg" py="md" justify="space-between">
      <Group gap="sm">
        <Loader size="xs" />
        <Text role="status">Looking through the folders …</Text>
        <Text c="dimmed" className={classes.numbers}>
          {countOf(count, 'file')} so far
        </Text>
      </Group>
      <Button variant="default" size="xs" onClick={onStop}>
        Stop
      </Button>
    </Group>
  )
}

function Invitation({ study, chosen }: { study: Study; chosen: ChosenInBrowser }) {
  const { systemFiles, emptyFiles } = chosen.choice
  return (
    <div className={classes.zone}>
      <Group justify="space-between" gap="lg">
        <Stack gap={4} flex={1} miw={300}>
          <Title order={2}>Add cases</Title>
          <Text size="sm" c="dimmed">
            Drag folders, zip archives or DICOM files of non-contrast CT and DSA anywhere onto this
            page. Each patient becomes one case; names and other identifying data are removed.
          </Text>
          <Text size="sm" c="dimmed">
            A list of cases (CSV) may come along, to give them your own codes.{' '}
            <ExampleLink study={study} />
          </Text>
          {systemFiles + emptyFiles > 0 && (
            <Text size="sm" role="status">
              There was no file in it that could be sent.
            </Text>
          )}
        </Stack>
        <Group gap="sm">
          <ChooseButtons onFound={chosen.add} />
        </Group>
      </Group>
    </div>
  )
}
