import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown, IconDownload } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { trailAddress } from '../../api/client'
import { keys } from '../../api/queries'

const FILES = [
  { kind: 'csv', name: 'CSV', use: 'To read as a table' },
  { kind: 'json', name: 'JSON', use: 'To verify elsewhere: exact, with every chain value' },
] as const

const UNTIL_IT_IS_NOTED_MS = 1500

/** The whole trail as a file; what is looked for on the page does not matter. */
export function DownloadTrail({ studyId }: { studyId: string }) {
  const queryClient = useQueryClient()
  const refreshSoon = () => {
    // The download is an event itself.
    setTimeout(() => {
      void queryClient.invalidateQueries({ queryKey: keys.trail(studyId) })
      void queryClient.invalidateQueries({ queryKey: keys.chain(studyId) })
    }, UNTIL_IT_IS_NOTED_MS)
  }
  return (
    <Menu position="bottom-end" width={320} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          Download all
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FILES.map(({ kind, name, use }) => (
          <Menu.Item
            key={kind}
            component="a"
            href={trailAddress(studyId, kind)}
            download
            onClick={refreshSoon}
          >
            {name}
            <Text component="span" display="block" size="xs" c="dimmed">
              {use}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
