import { Checkbox, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { createToken } from '../api/client'
import { useStudies } from '../api/queries'
import type { Account, TokenScope } from '../api/types'
import { ProofDialog } from './ProofDialog'
import { SCOPE_MEANS } from './scopes'
import { useAccountChange } from './useAccountChange'

const USUAL_DAYS = 90
const MOST_DAYS = 365
const SCOPES = Object.keys(SCOPE_MEANS) as TokenScope[]

interface NewTokenDialogProps {
  account: Account
  onClose: () => void
  onMade: (token: string) => void
}

export function NewTokenDialog({ account, onClose, onMade }: NewTokenDialogProps) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<string[]>([])
  const [study, setStudy] = useState<string | null>(null)
  const [days, setDays] = useState(USUAL_DAYS)
  const studies = useStudies().data ?? []
  const changed = useAccountChange()
  return (
    <ProofDialog
      account={account}
      title="Make a token"
      confirm="Make the token"
      onClose={onClose}
      onProven={async (proof) => {
        const chosen = SCOPES.filter((scope) => scopes.includes(scope))
        if (chosen.length === 0) throw new Error('Say what the token may do.')
        const { token } = await createToken(proof, {
          name: name.trim(),
          scopes: chosen,
          only_study: study,
          days,
        })
        await changed()
        onMade(token)
      }}
    >
      <TextInput
        label="Name"
        description="What it is for."
        required
        withAsterisk={false}
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value)
        }}
      />
      <Checkbox.Group label="It may" value={scopes} onChange={setScopes}>
        <Stack gap={6} mt={4}>
          {SCOPES.map((scope) => (
            <Checkbox key={scope} value={scope} label={SCOPE_MEANS[scope]} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select
        label="Study"
        placeholder="All my studies"
        clearable
        data={studies.map(({ id, name: label }) => ({ value: id, label }))}
        value={study}
        onChange={setStudy}
      />
      <NumberInput
        label="Days until it ends"
        min={1}
        max={MOST_DAYS}
        allowDecimal={false}
        value={days}
        onChange={(value) => {
          setDays(Number(value) || USUAL_DAYS)
        }}
      />
    </ProofDialog>
  )
}
