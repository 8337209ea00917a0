import { Alert, Button, Group, Text } from '@mantine/core'
import { wasChangedMeanwhile } from './useBasis'

interface SaveProblemProps {
  error: Error | null
  /** Whether the newer state was loaded after somebody else had changed it. */
  isNewer: boolean
  /** What is saved now, in words. */
  saved: string
  onLoadNewer: () => void
}

/** Why a form was not saved; where somebody was faster, the way to see what they saved. */
export function SaveProblem({ error, isNewer, saved, onLoadNewer }: SaveProblemProps) {
  if (wasChangedMeanwhile(error)) {
    return (
      <Alert color="orange" role="alert" title="Changed meanwhile">
        <Text size="sm">{error?.message}</Text>
        <Group mt="sm">
          <Button variant="default" size="xs" onClick={onLoadNewer}>
            Show what is saved now
          </Button>
        </Group>
      </Alert>
    )
  }
  return (
    <>
      {isNewer && (
        <Alert color="blue" role="status">
          Saved now: {saved}. Yours replaces it when you save.
        </Alert>
      )}
      {error && (
        <Alert color="red" role="alert">
          {error.message}
        </Alert>
      )}
    </>
  )
}
