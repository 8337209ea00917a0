import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { setSecondFactorRule } from '../../api/client'
import { keys } from '../../api/queries'
import type { People, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { Section } from '../overview/Section'

/** Whether the study is open to people with a second factor alone. */
export function SecondFactorRule({ study, people }: { study: Study; people: People }) {
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const required = people.second_factor_required
  const without = people.members.filter(
    ({ ended_at, second_factor }) => ended_at === null && !second_factor,
  )
  const change = useMutation({
    mutationFn: () => setSecondFactorRule(study.id, !required),
    onSuccess: (told) => {
      queryClient.setQueryData(keys.people(study.id), told)
      setAsking(false)
    },
  })
  const close = () => {
    setAsking(false)
    change.reset()
  }
  const action = required ? 'Stop asking for it' : 'Ask for a second factor'
  return (
    <Section
      title="Second factor"
      aside={
        <Button
          variant="default"
          onClick={() => {
            setAsking(true)
          }}
        >
          {action}
        </Button>
      }
    >
      <Text size="sm">
        {required
          ? 'People of this study reach it only with a code of an app on their phone, or a passkey, beside the password.'
          : 'People of this study log in with the password alone, unless they set up more themselves. A second factor is recommended for every study with patients.'}
      </Text>
      {asking && (
        <Dialog title={`${action}?`} opened onClose={close}>
          <Stack gap="md">
            {change.isError && (
              <Alert color="red" role="alert">
                {change.error.message}
              </Alert>
            )}
            <Text size="sm">
              {required
                ? 'From now on the password alone opens the study again.'
                : effectInWords(without.length)}
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button
                loading={change.isPending}
                onClick={() => {
                  change.mutate()
                }}
              >
                {action}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
    </Section>
  )
}

function effectInWords(without: number): string {
  if (without === 0) return 'Everybody in the study has one set up already.'
  const people = without === 1 ? 'One person has' : `${without} people have`
  return `${people} none yet: with their next click they are asked to set one up, which takes two minutes.`
}
