import { Group, Paper, Text } from '@mantine/core'
import { IconListDetails } from '@tabler/icons-react'
import type { Study } from '../../api/types'
import { countOf } from '../../format'
import { AddToListsButton } from './AddToListsButton'
import classes from './CaseTable.module.css'

interface AddToListsPanelProps {
  study: Study
  /** Ready cases that some rater has not been given. */
  count: number
}

/** Cases that came after the opening wait here until a coordinator gives them to the raters. */
export function AddToListsPanel({ study, count }: AddToListsPanelProps) {
  return (
    <Paper withBorder px="lg" py="sm" role="status">
      <Group justify="space-between" gap="md">
        <Group gap="sm" className={classes.notGivenOut}>
          <IconListDetails size={18} aria-hidden />
          <Text inherit>
            <b>{countOf(count, 'ready case is', 'ready cases are')}</b> not on every rater’s list yet
            and stay unread till then.
          </Text>
        </Group>
        <AddToListsButton study={study} count={count} size="sm" />
      </Group>
    </Paper>
  )
}
