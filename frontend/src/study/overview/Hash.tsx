import { Button, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { shortHash } from '../../format'

/** The start of a SHA-256, with the whole of it on hover and on click. */
export function Hash({ sha256, of }: { sha256: string; of: string }) {
  return (
    <CopyButton value={sha256}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : sha256} maw={560}>
          <Button
            variant="subtle"
            color="gray"
            c="gray.8"
            size="compact-sm"
            ff="monospace"
            fw={400}
            onClick={copy}
            rightSection={
              copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
            }
            aria-label={`Copy the SHA-256 of ${of}: ${shortHash(sha256)} …`}
          >
            {shortHash(sha256)}
          </Button>
        </Tooltip>
      )}
    </CopyButton>
  )
}
