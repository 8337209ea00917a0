import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useSentFiles } from '../../api/queries'
import type { SentFile, Study, Upload } from '../../api/types'
import { countOf, formatBytes, formatCount } from '../../format'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { ChooseButtons } from './ChooseButtons'
import { announcedBytes, fits, isIncomplete, type Match, matchAgain } from './matchAgain'
import { startSending } from './runningUploads'
import type { ChosenInBrowser } from './useChoice'
import classes from './UploadPanel.module.css'

interface GoOnPanelProps {
  study: Study
  upload: Upload
  chosen: ChosenInBrowser
  onClose: () => void
}

/** Asks for the files of an interrupted upload again; a page cannot open them by itself. */
export function GoOnPanel(props: GoOnPanelProps) {
  const { study, upload, onClose } = props
  const sent = useSentFiles(study.id, upload.id)
  return (
    <Stack gap="md" className={classes.panel} p="lg">
      <Group justify="space-between">
        <Title order={2}>Go on with {upload.filename}</Title>
        <Button variant="default" size="xs" onClick={onClose}>
          Not now
        </Button>
      </Group>
      {sent.isError ? (
        <FailureState error={sent.error} onRetry={() => void sent.refetch()} />
      ) : sent.isFetching || !sent.data ? (
        <LoadingState what="what has arrived" />
      ) : (
        <KnownUpload {...props} known={sent.data} />
      )}
    </Stack>
  )
}

interface KnownUploadProps extends GoOnPanelProps {
  known: SentFile[]
}

function KnownUpload({ study, upload, chosen, known, onClose }: KnownUploadProps) {
  const arrived = known.filter((file) => !isIncomplete(file)).length
  const { files } = chosen.choice
  const send = (match: Match | null) => {
    const again = new Set(match?.outgoing.map(({ id }) => id))
    const others = known.filter(({ id }) => !again.has(id))
    startSending(study.id, upload, match?.outgoing ?? [], {
      files: others.length,
      bytes: announcedBytes(others),
    })
    onClose()
  }
  if (arrived === upload.file_count) {
    return (
      <Group justify="space-between">
        <Text>All {countOf(upload.file_count, 'file')} have arrived. Nothing more is to be sent.</Text>
        <Button
          onClick={() => {
            send(null)
          }}
        >
          Finish
        </Button>
      </Group>
    )
  }
  if (files.length === 0) return <ChooseAgain upload={upload} arrived={arrived} chosen={chosen} />
  return (
    <Matched
      upload={upload}
      known={known}
      match={matchAgain(upload, known, files)}
      onSend={send}
      onChooseAgain={chosen.clear}
    />
  )
}

interface ChooseAgainProps {
  upload: Upload
  arrived: number
  chosen: ChosenInBrowser
}

function ChooseAgain({ upload, arrived, chosen }: ChooseAgainProps) {
  return (
    <Group justify="space-between">
      <Text flex={1} miw={300}>
        {formatCount(arrived)} of {countOf(upload.file_count, 'file')} have arrived. Drag the same folders or files
        onto this page again, or choose them; only what is missing is sent.
      </Text>
      <Group gap="sm">
        <ChooseButtons onFound={chosen.add} />
      </Group>
    </Group>
  )
}

interface MatchedProps {
  upload: Upload
  known: SentFile[]
  match: Match
  onSend: (match: Match) => void
  onChooseAgain: () => void
}

function Matched({ upload, known, match, onSend, onChooseAgain }: MatchedProps) {
  const missing = match.outgoing.filter(({ file, receivedBytes }) => receivedBytes < file.size)
  const bytes = missing.reduce((sum, { file, receivedBytes }) => sum + file.size - receivedBytes, 0)
  if (fits(match, upload, known)) {
    return (
      <Group justify="space-between">
        <Text>
          These are the files. {countOf(missing.length, 'file')}, {formatBytes(bytes)}, are still
          to be sent.
        </Text>
        <Button
          onClick={() => {
            onSend(match)
          }}
        >
          Send the rest
        </Button>
      </Group>
    )
  }
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
      <Stack gap="sm">
        <Text fw={600}>These are not the files of the first time.</Text>
        <Differences match={match} />
        <Text size="sm">
          Choose just what you chose the first time. If the files themselves have changed, discard
          this upload and send them anew.
        </Text>
        <Group>
          <Button variant="default" onClick={onChooseAgain}>
            Choose again
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function Differences({ match }: { match: Match }) {
  const { missing, differing, missingUnnamed, tooMany } = match
  const nothingNamed = missing.length + differing.length + missingUnnamed + tooMany === 0
  return (
    <Stack gap="xs">
      <NamedFiles names={missing}>
        {countOf(missing.length, 'file')} that had been sent in part, not found:
      </NamedFiles>
      <NamedFiles names={differing}>
        {countOf(differing.length, 'file')} of another size than the first time:
      </NamedFiles>
      {missingUnnamed > 0 && (
        <Text size="sm">{countOf(missingUnnamed, 'file')} of the first time not found.</Text>
      )}
      {tooMany > 0 && (
        <Text size="sm">{countOf(tooMany, 'file')} more than the first time.</Text>
      )}
      {nothingNamed && <Text size="sm">Together they have another size than the first time.</Text>}
    </Stack>
  )
}

function NamedFiles({ names, children }: { names: string[]; children: ReactNode }) {
  if (names.length === 0) return null
  return (
    <div>
      <Text size="sm">{children}</Text>
      <ul className={classes.names}>
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  )
}
