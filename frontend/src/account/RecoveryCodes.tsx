import { Button, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { Dialog } from '../shell/Dialog'

interface RecoveryCodesProps {
  codes: readonly string[]
  onClose: () => void
}

const inTwo = (code: string) => `${code.slice(0, 5)} ${code.slice(5)}`

/** Shows recovery codes, the one time that they can be seen. */
export function RecoveryCodes({ codes, onClose }: RecoveryCodesProps) {
  const clipboard = useClipboard({ timeout: 2000 })
  return (
    <Dialog title="Your recovery codes" opened onClose={onClose}>
      <Stack gap="md">
        <Text size="sm">
          Each logs you in once, in place of a code of your app or a passkey: for the day on which
          the phone is lost. Write them down or print them now. <b>They are not shown again.</b>
        </Text>
        <SimpleGrid cols={2} component="ol" p={0} m={0} style={{ listStyle: 'none' }}>
          {codes.map((code) => (
            <li key={code}>
              <Code fz="md">{inTwo(code)}</Code>
            </li>
          ))}
        </SimpleGrid>
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              clipboard.copy(codes.map(inTwo).join('\n'))
            }}
          >
            {clipboard.copied ? 'Copied' : 'Copy all'}
          </Button>
          <Button onClick={onClose}>I have kept them</Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
