import { Button, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { usePeople } from '../../api/queries'
import type { Invitation, InvitationWithLink, Study } from '../../api/types'
import { EmptyState, FailureState, LoadingState } from '../../shell/PageStates'
import { Section } from '../overview/Section'
import { mayRun } from '../rights'
import { useLoadedStudy } from '../StudyLayout'
import { InvitationTable } from './InvitationTable'
import { InviteDialog } from './InviteDialog'
import { MemberTable } from './MemberTable'
import { NewLink } from './NewLink'
import { SecondFactorRule } from './SecondFactorRule'

export default function PeoplePage() {
  const study = useLoadedStudy()
  return (
    <>
      <title>{`People · ${study.name} · Reader Study`}</title>
      {mayRun(study) ? (
        <People study={study} />
      ) : (
        <EmptyState icon={<IconUsers size={24} aria-hidden />} title="For coordinators only">
          Who is in the study, and as what, is shown to its coordinators.
        </EmptyState>
      )}
    </>
  )
}

/** Who is in the study, who was, and who is invited. */
function People({ study }: { study: Study }) {
  const people = usePeople(study.id)
  const [inviting, { open, close }] = useDisclosure(false)
  const [created, setCreated] = useState<InvitationWithLink | null>(null)
  if (people.isPending) return <LoadingState what="the people" />
  if (people.isError && !people.data) {
    return <FailureState error={people.error} onRetry={() => void people.refetch()} />
  }
  return (
    <Stack gap="md">
      {created && stillOpen(created, people.data.invitations) && (
        <NewLink
          key={created.id}
          invitation={created}
          onDone={() => {
            setCreated(null)
          }}
        />
      )}
      <Section
        title="People"
        aside={
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
            Invite somebody
          </Button>
        }
      >
        <MemberTable study={study} members={people.data.members} />
      </Section>
      <SecondFactorRule study={study} people={people.data} />
      <Section title="Invitations">
        <InvitationTable study={study} invitations={people.data.invitations} />
      </Section>
      <InviteDialog
        study={study}
        opened={inviting}
        onClose={close}
        onCreated={(invitation) => {
          close()
          setCreated(invitation)
        }}
      />
    </Stack>
  )
}

/** Whether the link is still of use; the list may not know it yet. */
function stillOpen({ id }: InvitationWithLink, invitations: Invitation[]): boolean {
  const known = invitations.find((invitation) => invitation.id === id)
  return known === undefined || known.state === 'open'
}
