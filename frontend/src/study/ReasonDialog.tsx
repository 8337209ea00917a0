import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Dialog } from '../shell/Dialog'
import { useStudyChange } from './useStudyChange'

const LONGEST_REASON = 500

interface ReasonFormProps {
  studyId: string
  onClose: () => void
  reasonLabel: string
  reasonHint?: string
  /** The words on the button that does it, red where it takes something away. */
  confirm: string
  confirmColor?: 'red'
  act: (reason: string) => Promise<unknown>
  onDone: () => void
  /** What will happen. */
  children: ReactNode
}

interface ReasonDialogProps extends ReasonFormProps {
  title: string
  opened: boolean
}

/** Asks for the reason of something that is written into the study's record. */
export function ReasonDialog(props: ReasonDialogProps) {
  return (
    <Dialog title={props.title} opened={props.opened} onClose={props.onClose}>
      <ReasonForm {...props} />
    </Dialog>
  )
}

/** The form of such a dialog, for one whose title or words change. */
export function ReasonForm(props: ReasonFormProps) {
  const [reason, setReason] = useState('')
  const action = useStudyChange(props.studyId, props.act, () => {
    props.onClose()
    props.onDone()
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        action.mutate(reason.trim())
      }}
    >
      <Stack>
        <Text>{props.children}</Text>
        <Textarea
          data-autofocus
          label={props.reasonLabel}
          description={props.reasonHint}
          rows={3}
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value)
          }}
        />
        {action.isError && (
          <Alert color="red" role="alert">
            {action.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={props.confirmColor}
            disabled={reason.trim() === ''}
            loading={action.isPending}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
