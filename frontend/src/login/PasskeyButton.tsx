import { Button } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { knowsPasskeys } from './passkeys'

interface PasskeyButtonProps {
  label: string
  loading: boolean
  onClick: () => void
}

/** Has the browser ask for a passkey; nothing where it has none. */
export function PasskeyButton({ label, loading, onClick }: PasskeyButtonProps) {
  if (!knowsPasskeys()) return null
  return (
    <Button
      variant="default"
      leftSection={<IconFingerprint size={18} aria-hidden />}
      loading={loading}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}
