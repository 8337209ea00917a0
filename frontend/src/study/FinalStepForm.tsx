import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { Proof } from '../api/client'
import { NOTHING_TYPED } from '../login/ProofFields'
import { SigningFields } from '../signatures/SigningFields'

interface FinalStepFormProps {
  /** Typed by the person to confirm. */
  studyName: string
  consequences: readonly string[]
  button: string
  icon?: ReactNode
  pending: boolean
  error: Error | null
  /** What is signed with the step, and under which name. */
  signs?: { printedName: string; meaning: string } | undefined
  onCancel: () => void
  onConfirm: (typedName: string, proof: Proof) => void
}

/** Asks for the study's name, and for a signature where one is wanted, before a final step. */
export function FinalStepForm(props: FinalStepFormProps) {
  const [name, setName] = useState('')
  const [proof, setProof] = useState(NOTHING_TYPED)
  const typed = name.trim()
  const isSigned = props.signs === undefined || proof.password !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        props.onConfirm(typed, proof)
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
        {props.signs && (
          <SigningFields {...props.signs} proof={proof} onChange={setProof} error={props.error} />
        )}
        {props.error && !props.signs && (
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
            disabled={typed !== props.studyName || !isSigned}
            loading={props.pending}
          >
            {props.button}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
