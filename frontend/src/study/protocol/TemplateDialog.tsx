import { Alert, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { useProtocolTemplates } from '../../api/queries'
import type { Protocol, ProtocolTemplate } from '../../api/types'
import { countOf } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { FailureState, LoadingState } from '../../shell/PageStates'
import classes from './TemplateDialog.module.css'

interface TemplateDialogProps {
  opened: boolean
  /** Edits would be replaced: ask first. */
  mayLose: boolean
  onClose: () => void
  onChosen: (document: Protocol) => void
}

export function TemplateDialog(props: TemplateDialogProps) {
  return (
    <Dialog title="Start from a template" opened={props.opened} onClose={props.onClose}>
      <TemplateList {...props} />
    </Dialog>
  )
}

function TemplateList({ opened, mayLose, onClose, onChosen }: TemplateDialogProps) {
  const templates = useProtocolTemplates(opened)
  const [asked, setAsked] = useState<ProtocolTemplate | null>(null)
  const choose = (template: ProtocolTemplate) => {
    onChosen(template.document)
    onClose()
  }
  if (templates.isPending) return <LoadingState what="the templates" />
  if (templates.isError) {
    return <FailureState error={templates.error} onRetry={() => void templates.refetch()} />
  }
  if (asked) {
    return (
      <Stack>
        <Alert color="yellow" role="alert">
          “{asked.name}” replaces everything that you have edited and not saved.
        </Alert>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              setAsked(null)
            }}
          >
            Keep my edits
          </Button>
          <Button
            onClick={() => {
              choose(asked)
            }}
          >
            Replace them
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <Stack gap="xs">
      {templates.data.map((template) => (
        <UnstyledButton
          key={template.key}
          className={classes.template}
          onClick={() => {
            if (mayLose) setAsked(template)
            else choose(template)
          }}
        >
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600}>{template.name}</Text>
            <Text size="sm" c="dimmed" className={classes.size}>
              {sizeOf(template.document)}
            </Text>
          </Group>
          <Text size="sm" c="dimmed">
            {template.description}
          </Text>
        </UnstyledButton>
      ))}
    </Stack>
  )
}

function sizeOf({ levels, territories, questions }: Protocol): string {
  const parts = [countOf(levels.length, 'level')]
  if (territories.length > 0) {
    parts.push(countOf(territories.length, 'territory', 'territories'))
  }
  if (questions.length > 0) parts.push(countOf(questions.length, 'question'))
  return parts.join(' · ')
}
