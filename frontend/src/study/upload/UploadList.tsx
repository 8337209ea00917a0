import {
  Badge,
  Button,
  Collapse,
  Group,
  Loader,
  Paper,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core'
import {
  IconAlertTriangle,
  IconChevronDown,
  IconChevronUp,
  IconCircleX,
  IconInfoCircle,
} from '@tabler/icons-react'
import { notifications } from '@mantine/notifications'
import { useId, useState } from 'react'
import { cancelIngest, retryUpload } from '../../api/client'
import { isBeingScanned } from '../../api/queries'
import type { Study, Upload, UploadMessage } from '../../api/types'
import { countOf, formatBytes, formatDateTime, formatPercent } from '../../format'
import { mayChangeCohort } from '../rights'
import { useStudyChange } from '../useStudyChange'
import classes from './UploadList.module.css'

export function UploadList({ study, uploads }: { study: Study; uploads: Upload[] }) {
  const [all, setAll] = useState(false)
  if (uploads.length === 0) return null
  const newestFirst = [...uploads].sort((a, b) => b.created_at.localeCompare(a.created_at))
  const latestDone = newestFirst.find((upload) => !isBeingScanned(upload))
  const current = newestFirst.filter((upload) => isBeingScanned(upload) || upload === latestDone)
  const shown = all ? newestFirst : current
  return (
    <Paper component="section" withBorder px="lg" py="md" aria-label="Uploads">
      <Group justify="space-between" mb={4}>
        <Title order={2}>Uploads</Title>
        {uploads.length > current.length && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              setAll(!all)
            }}
          >
            {all ? 'Show only the latest' : `Show all ${uploads.length}`}
          </Button>
        )}
      </Group>
      {shown.map((upload) => (
        <UploadRow key={upload.id} study={study} upload={upload} />
      ))}
    </Paper>
  )
}

interface OfUpload {
  study: Study
  upload: Upload
}

function UploadRow({ study, upload }: OfUpload) {
  const messages = messagesOf(upload)
  const failed = messages.some(({ level }) => level === 'error')
  const [choice, setChoice] = useState<boolean | null>(null)
  const expanded = choice ?? failed
  const messagesId = useId()
  return (
    <div className={classes.upload}>
      <div className={classes.head}>
        <div>
          <div className={classes.file} title={upload.filename}>
            {upload.filename}
          </div>
          <Text size="sm" c="dimmed">
            {[
              upload.site,
              formatBytes(upload.size_bytes),
              upload.uploaded_by ?? 'from the command line',
              formatDateTime(upload.created_at),
            ].join(' · ')}
          </Text>
        </div>
        <Outcome upload={upload} />
        {mayChangeCohort(study) && <StopOrRetry study={study} upload={upload} />}
        {messages.length > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            miw={130}
            justify="flex-end"
            aria-expanded={expanded}
            aria-controls={messagesId}
            rightSection={
              expanded ? (
                <IconChevronUp size={15} aria-hidden />
              ) : (
                <IconChevronDown size={15} aria-hidden />
              )
            }
            onClick={() => {
              setChoice(!expanded)
            }}
          >
            {countOf(messages.length, 'message')}
          </Button>
        )}
      </div>
      <Collapse expanded={expanded && messages.length > 0} id={messagesId}>
        <MessageList messages={messages} />
      </Collapse>
    </div>
  )
}

/** The upload's own failure, if any, before what was said about its files. */
function messagesOf({ filename, error, messages }: Upload): UploadMessage[] {
  return error ? [{ level: 'error', name: filename, text: error }, ...messages] : messages
}

const OUTCOMES = {
  added: { color: 'teal', text: '#05533c' },
  joined: { color: 'gray', text: 'gray.9' },
  nothing: { color: 'red', text: 'red.9' },
}

function Outcome({ upload }: { upload: Upload }) {
  if (isBeingScanned(upload)) {
    return (
      <Group gap="xs" role="status">
        <Loader size={14} />
        <Text size="sm">
          {upload.note || 'Checking the files …'}{' '}
          {upload.progress > 0 && formatPercent(upload.progress, 0)}
        </Text>
      </Group>
    )
  }
  const { cases_added: added, instances_accepted: accepted, state } = upload
  const outcome = OUTCOMES[added > 0 ? 'added' : accepted > 0 ? 'joined' : 'nothing']
  const news = added > 0 ? `${countOf(added, 'case')} added` : 'No case added'
  const words = state === 'cancelled' ? 'Stopped' : news
  return (
    <Group gap="xs">
      <Badge variant="light" color={outcome.color} c={outcome.text} tt="none" size="lg" fw={600}>
        {words}
      </Badge>
      <Text size="sm" c="dimmed">
        {countOf(upload.instances_accepted, 'image')} accepted
      </Text>
    </Group>
  )
}

/** Stopping needs no confirmation: the files are kept, and "Try again" takes its place. */
function StopOrRetry({ study, upload }: OfUpload) {
  const isCancelled = upload.state === 'cancelled'
  const act = isCancelled ? retryUpload : cancelIngest
  const change = useStudyChange(
    study.id,
    () => act(study.id, upload.id),
    () => undefined,
  )
  if (!isCancelled && !isBeingScanned(upload)) return null
  const label = isCancelled ? 'Try again' : 'Stop'
  return (
    <Button
      variant={isCancelled ? 'default' : 'subtle'}
      color="gray"
      size="compact-sm"
      loading={change.isPending}
      aria-label={`${label}: ${upload.filename}`}
      onClick={() => {
        change.mutate(undefined, {
          onError: (error) => {
            notifications.show({
              color: 'red',
              title: `${upload.filename}: that did not work`,
              message: error.message,
            })
          },
        })
      }}
    >
      {label}
    </Button>
  )
}

const LEVELS = {
  error: { label: 'Error', Icon: IconCircleX, className: classes.error },
  warning: { label: 'Warning', Icon: IconAlertTriangle, className: classes.warning },
  info: { label: 'Note', Icon: IconInfoCircle, className: classes.info },
}

function MessageList({ messages }: { messages: UploadMessage[] }) {
  const order: UploadMessage['level'][] = ['error', 'warning', 'info']
  const gravestFirst = [...messages].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
  return (
    <ul className={classes.messages}>
      {gravestFirst.map(({ level, name, text }, index) => {
        const { label, Icon, className } = LEVELS[level]
        return (
          <li key={index} className={classes.message}>
            <span className={className}>
              <Icon size={16} aria-hidden />
              <VisuallyHidden>{label}</VisuallyHidden>
            </span>
            <span className={classes.name}>{name}</span>
            <span>{text}</span>
          </li>
        )
      })}
    </ul>
  )
}
