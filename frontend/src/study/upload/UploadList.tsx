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
import { useId, useState } from 'react'
import { isBeingScanned } from '../../api/queries'
import type { Upload, UploadMessage } from '../../api/types'
import { countOf, formatBytes, formatDateTime, formatPercent } from '../../format'
import classes from './UploadList.module.css'

export function UploadList({ uploads }: { uploads: Upload[] }) {
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
        <UploadRow key={upload.id} upload={upload} />
      ))}
    </Paper>
  )
}

function UploadRow({ upload }: { upload: Upload }) {
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
          Checking the files … {upload.progress > 0 && formatPercent(upload.progress, 0)}
        </Text>
      </Group>
    )
  }
  const { cases_added: added, instances_accepted: accepted } = upload
  const outcome = OUTCOMES[added > 0 ? 'added' : accepted > 0 ? 'joined' : 'nothing']
  const words = added > 0 ? `${countOf(added, 'case')} added` : 'No case added'
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
