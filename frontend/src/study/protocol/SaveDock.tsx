import { Alert, Button, Group, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { countOf } from '../../format'
import { showField } from './focus'
import { FormPreview } from './FormPreview'
import { fieldId, messageAt, type Problem } from './problems'
import { previewOf, type ProtocolForm } from './protocolForm'
import classes from './SaveDock.module.css'
import { UNDO_ID } from './useProtocolEditor'

interface SaveDockProps {
  form: ProtocolForm
  amending: boolean
  isChanged: boolean
  isStale: boolean
  isSaving: boolean
  problems: readonly Problem[]
  failure: Error | null
  removed: { what: string; undo: () => void } | null
  reason: string
  /** What is to be decided while the edits began from an older version. */
  newerVersion: ReactNode
  onReason: (reason: string) => void
  onSave: () => void
  onDiscard: () => void
}

/** Along the bottom of the window: what raters will see, and the way to save it. */
export function SaveDock({ form, ...props }: SaveDockProps) {
  const [shown, setShown] = useState(true)
  return (
    <div className={classes.dock}>
      <UnstyledButton
        className={classes.toggle}
        aria-expanded={shown}
        onClick={() => {
          setShown(!shown)
        }}
      >
        {shown ? <IconChevronDown size={15} aria-hidden /> : <IconChevronUp size={15} aria-hidden />}
        What raters will see
        <span className={classes.hint}>Try it: nothing is stored.</span>
      </UnstyledButton>
      {shown && <FormPreview protocol={previewOf(form)} />}
      {props.isStale ? props.newerVersion : <Failure {...props} />}
      {props.removed && <Removed {...props.removed} />}
      <SaveRow {...props} />
    </div>
  )
}

function Failure({ problems, failure }: Pick<SaveDockProps, 'problems' | 'failure'>) {
  const [first] = problems
  // The reason has its field, and its message, right below.
  if (first?.path[0] === 'reason') return null
  if (first) {
    return (
      <Alert color="red" role="alert" py={6}>
        <Group gap="sm">
          <Text size="sm">
            Not saved yet: {first.message}
            {problems.length > 1 && `, and ${countOf(problems.length - 1, 'more problem')}`}.
          </Text>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              showField(fieldId(...first.path))
            }}
          >
            Show me
          </Button>
        </Group>
      </Alert>
    )
  }
  if (!failure) return null
  return (
    <Alert color="red" role="alert" py={6}>
      {failure.message}
    </Alert>
  )
}

function Removed({ what, undo }: { what: string; undo: () => void }) {
  return (
    <Group gap="sm">
      <Text size="sm" role="status">
        Removed {what}.
      </Text>
      <Button id={UNDO_ID} variant="default" size="compact-sm" onClick={undo}>
        Undo
      </Button>
    </Group>
  )
}

function SaveRow(props: Omit<SaveDockProps, 'form'>) {
  const { amending, isChanged, reason } = props
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onSave()
      }}
    >
      <Group gap="sm" align="flex-start">
        <TextInput
          flex={1}
          id={fieldId('reason')}
          aria-label={amending ? 'Reason for the amendment' : 'What you changed, and why'}
          placeholder={
            amending
              ? 'Why is the protocol amended? (required, stands in the history)'
              : 'What you changed, and why (optional, stands in the history)'
          }
          maxLength={500}
          value={reason}
          error={messageAt(props.problems, 'reason')}
          onChange={(event) => {
            props.onReason(event.currentTarget.value)
          }}
        />
        <Stack gap={0} justify="center" h={36} w={130}>
          <Text size="sm" {...(isChanged ? { fw: 500 } : { c: 'dimmed' })} role="status" ta="right">
            {isChanged ? 'Not saved yet' : 'No changes'}
          </Text>
        </Stack>
        <Button variant="default" onClick={props.onDiscard}>
          {isChanged ? 'Discard changes' : 'Back'}
        </Button>
        <Button type="submit" loading={props.isSaving} disabled={!isChanged || props.isStale}>
          {amending ? 'Save amendment' : 'Save protocol'}
        </Button>
      </Group>
    </form>
  )
}
