import { Button, CopyButton, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import type { InvitationWithLink } from '../../api/types'
import { formatDateTime } from '../../format'
import { ROLE_NAME } from '../roles'
import classes from './people.module.css'

interface NewLinkProps {
  invitation: InvitationWithLink
  onDone: () => void
}

/** The link just made. It stays on the page until it is put away, and is never shown again. */
export function NewLink({ invitation, onDone }: NewLinkProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus()
  }, [])
  const link = window.location.origin + invitation.link
  return (
    <Paper component="section" withBorder p="lg" bg="petrol.0" aria-labelledby="new-link">
      <Stack gap="sm">
        <Title order={2} id="new-link" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
          The link for {invitation.invited}
        </Title>
        <Text>
          <strong>It is shown only now.</strong> Copy it and send it to {invitation.invited}{' '}
          yourself. Whoever uses it first joins as {ROLE_NAME[invitation.role].toLowerCase()}; it works
          until {formatDateTime(invitation.expires_at)}. If it gets lost, revoke the invitation and
          make another.
        </Text>
        <Group gap="sm" align="stretch" wrap="nowrap">
          <Text component="div" flex={1} className={classes.link}>
            {link}
          </Text>
          <CopyButton value={link}>
            {({ copied, copy }) => (
              <Button
                h="auto"
                miw={130}
                onClick={copy}
                leftSection={
                  copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
                }
              >
                {copied ? 'Copied' : 'Copy link'}
              </Button>
            )}
          </CopyButton>
          <Button h="auto" variant="default" onClick={onDone}>
            I have sent it
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
