import { Alert, Button, Checkbox, Group, Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { invite } from '../../api/client'
import type { InvitationWithLink, Role, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { ROLE_MEANS, ROLE_NAME, ROLES } from '../roles'
import { useStudyChange } from '../useStudyChange'

interface InviteFormProps {
  study: Study
  onClose: () => void
  onCreated: (invitation: InvitationWithLink) => void
}

export function InviteDialog({ opened, ...props }: InviteFormProps & { opened: boolean }) {
  return (
    <Dialog title="Invite somebody" opened={opened} onClose={props.onClose}>
      <InviteForm {...props} />
    </Dialog>
  )
}

/** Raters are those whose readings the snapshot holds, so that a locked study takes no more. */
function rolesOnOffer(study: Study): readonly Role[] {
  const open = study.state === 'setup' || study.state === 'reading'
  return open ? ROLES : ROLES.filter((role) => role !== 'rater')
}

function InviteForm({ study, onClose, onCreated }: InviteFormProps) {
  const [invited, setInvited] = useState('')
  const [role, setRole] = useState<Role | null>(null)
  const [sites, setSites] = useState<string[]>([])
  const limited = role === 'site-coordinator'
  const inviting = useStudyChange(
    study.id,
    (as: Role) => invite(study.id, { invited, role: as, sites: limited ? sites : [] }),
    onCreated,
  )
  const complete = invited.trim() !== '' && role !== null && (!limited || sites.length > 0)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (role !== null) inviting.mutate(role)
      }}
    >
      <Stack>
        <TextInput
          data-autofocus
          label="Whom do you invite?"
          description="A name or an e-mail address, to know the invitation by"
          autoComplete="off"
          maxLength={150}
          value={invited}
          onChange={(event) => {
            setInvited(event.currentTarget.value)
          }}
        />
        <Radio.Group
          label="As what?"
          description="A person keeps one role in a study for good"
          value={role}
          onChange={(value) => {
            setRole(rolesOnOffer(study).find((offered) => offered === value) ?? null)
          }}
        >
          <Stack gap={8} mt={8}>
            {rolesOnOffer(study).map((offered) => (
              <Radio
                key={offered}
                value={offered}
                label={ROLE_NAME[offered]}
                description={ROLE_MEANS[offered]}
              />
            ))}
          </Stack>
        </Radio.Group>
        {limited && (
          <Checkbox.Group label="For which hospitals?" value={sites} onChange={setSites}>
            <Stack gap={8} mt={8}>
              {study.sites.map(({ code, name }) => (
                <Checkbox key={code} value={code} label={`${code} · ${name}`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {inviting.isError && (
          <Alert color="red" role="alert">
            {inviting.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!complete} loading={inviting.isPending}>
            Create the link
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
