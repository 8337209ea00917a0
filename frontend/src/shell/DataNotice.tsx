import { Alert } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'

/** Says on every page of a study that its data are not patients' or not the authors'. */
export function DataNotice({ text }: { text: string }) {
  if (text === '') return null
  return (
    <Alert
      role="note"
      color="orange"
      variant="light"
      py={8}
      icon={<IconFlask aria-hidden />}
      aria-label="Notice about the data"
      styles={{ message: { color: '#7a3300', fontWeight: 600 }, body: { minHeight: 20 } }}
    >
      {text}
    </Alert>
  )
}
