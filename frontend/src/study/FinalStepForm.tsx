import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'

interface FinalStepFormProps {
  /** Typed by the person to confirm. */
  studyName: string
  consequences: readonly string[]
  button: string
  icon?: ReactNode
  pending: boolean
  error: Error | null
  onCancel: () => void
  onConfirm: (typedName: string) => void
}

/** Asks for the study's name before a step that cannot be undone. */
export function FinalStepForm(props: FinalStepFormProps) {
  const [name, setName] = useState('')
  const typed = name.trim()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onConfirm(typed)
      }}
    >
      <Stack>
        <List spacing={6}>
          {props.consequences.map((consequence) => (
            <List.Item key={consequence}>{consequence}</List.Item>
          ))}
        </List>
        <Text fw={600}>This cannot be undone.</Text>
        <TextInput
          data-autofocus
          label="To confirm, type the study’s name"
          description={props.studyName}
          autoComplete="off"
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
        {props.error && (
          <Alert color="red" role="alert">
            {props.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            leftSection={props.icon}
            disabled={typed !== props.studyName}
            loading={props.pending}
          >
            {props.button}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
