import { Button, Group, List, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSignature } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { signExport } from '../api/client'
import { keys } from '../api/queries'
import type { ToSign } from '../api/types'
import { NOTHING_TYPED } from '../login/ProofFields'
import { Dialog } from '../shell/Dialog'
import { SigningFields } from './SigningFields'

interface SignExportDialogProps {
  studyId: string
  printedName: string
  toSign: ToSign
  opened: boolean
  onClose: () => void
}

/** One signature for all files that its signer makes of a result. */
export function SignExportDialog(props: SignExportDialogProps) {
  const what = props.toSign.of === 'snapshot' ? 'results' : 'consensus'
  return (
    <Dialog title={`Sign for files of the ${what}?`} opened={props.opened} onClose={props.onClose}>
      <SignExportForm {...props} />
    </Dialog>
  )
}

function SignExportForm({ studyId, printedName, toSign, onClose }: SignExportDialogProps) {
  const [proof, setProof] = useState(NOTHING_TYPED)
  const queries = useQueryClient()
  const signing = useMutation({
    mutationFn: () => signExport(studyId, toSign.of, toSign.record_sha256, proof),
    onSuccess: (signatures) => {
      queries.setQueryData(keys.signatures(studyId), signatures)
      onClose()
      notifications.show({ message: 'Signed. You can download the files now.' })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        signing.mutate()
      }}
    >
      <Stack>
        <List spacing={6}>
          <List.Item>You sign once. Every file that you make after it shows your signature.</List.Item>
          <List.Item>Each download is written into the audit trail with the file’s hash.</List.Item>
        </List>
        <SigningFields
          printedName={printedName}
          meaning={toSign.meaning}
          proof={proof}
          onChange={setProof}
          error={signing.error}
          isFirst
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            leftSection={<IconSignature size={16} aria-hidden />}
            disabled={proof.password === ''}
            loading={signing.isPending}
          >
            Sign
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
