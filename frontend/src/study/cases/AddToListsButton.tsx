import { Alert, Button, type ButtonProps, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { addToLists } from '../../api/client'
import type { Study } from '../../api/types'
import { countOf } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { mayRun } from '../rights'
import { useStudyChange } from '../useStudyChange'

interface AddToListsButtonProps extends Pick<ButtonProps, 'size' | 'variant'> {
  study: Study
  /** Ready cases that some rater has not been given. */
  count: number
}

/** Gives the raters the cases that came after the opening, once the coordinator has confirmed. */
export function AddToListsButton({ study, count, ...look }: AddToListsButtonProps) {
  const [asked, { open, close }] = useDisclosure(false)
  const adding = useStudyChange(
    study.id,
    () => addToLists(study.id),
    () => {
      close()
      notifications.show({ message: 'The cases are on the raters’ lists.' })
    },
  )
  if (!mayRun(study)) return null
  return (
    <>
      <Button {...look} onClick={open}>
        Put {countOf(count, 'case')} on the lists
      </Button>
      <Dialog
        title={`Put ${countOf(count, 'case')} on the lists?`}
        opened={asked}
        onClose={close}
      >
        <Stack>
          <Text>
            {count === 1 ? 'It goes' : 'They go'} to the end of each rater’s list, in an order drawn
            for each. What is on a list already keeps its place. A case that was put on the lists
            can still be withdrawn, with a reason.
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
    </>
  )
}
