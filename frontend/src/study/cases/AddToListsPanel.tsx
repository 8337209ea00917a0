import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconListDetails } from '@tabler/icons-react'
import { addToLists } from '../../api/client'
import type { Study } from '../../api/types'
import { countOf } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { mayRun } from '../rights'
import { useCaseAction } from './useCaseAction'

interface AddToListsPanelProps {
  study: Study
  /** Ready cases that some rater has not been given. */
  count: number
}

/** Cases that came after the opening wait here until a coordinator gives them to the raters. */
export function AddToListsPanel({ study, count }: AddToListsPanelProps) {
  const [asked, { open, close }] = useDisclosure(false)
  const adding = useCaseAction(study.id, () => addToLists(study.id), () => {
    close()
    notifications.show({ message: 'The cases are on the raters’ lists.' })
  })
  const cases = countOf(count, 'ready case')
  return (
    <Alert role="status" color="orange" icon={<IconListDetails aria-hidden />} title={`${cases} not given out yet`}>
      <Group justify="space-between" gap="md">
        <Text inherit>
          {count === 1 ? 'It is' : 'They are'} not on every rater’s list. Nobody reads{' '}
          {count === 1 ? 'it' : 'them'} before.
        </Text>
        {mayRun(study) && (
          <Button size="sm" onClick={open}>
            Put on the lists
          </Button>
        )}
      </Group>
      <Dialog title={`Put ${cases} on the lists?`} opened={asked} onClose={close}>
        <Stack>
          <Text>
            {count === 1 ? 'It goes' : 'They go'} to the end of each rater’s list, in an order drawn
            for each. What is on a list already keeps its place. A case that was put on the lists
            can be withdrawn later, with a reason.
          </Text>
          {adding.isError && (
            <Alert color="red" role="alert">
              {adding.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Not yet
            </Button>
            <Button
              data-autofocus
              loading={adding.isPending}
              onClick={() => {
                adding.mutate(undefined)
              }}
            >
              Put on the lists
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Alert>
  )
}
