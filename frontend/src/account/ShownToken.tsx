import { Button, Code, Group, Stack, Text } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Dialog } from '../shell/Dialog'

/** A token, the one time that it can be seen. */
export function ShownToken({ token, onClose }: { token: string; onClose: () => void }) {
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <Dialog title="Your token" opened onClose={onClose}>
      <Stack gap="md">
        <Text size="sm">
          Keep it like a password. <b>It is not shown again.</b>
        </Text>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'normal' }}>
          {token}
        </Code>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              clipboard.copy(token)
            }}
          >
            {clipboard.copied ? 'Copied' : 'Copy'}
          </Button>
          <Button onClick={onClose}>I have kept it</Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
