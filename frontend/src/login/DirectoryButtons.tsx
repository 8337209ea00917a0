import { Alert, Button, Stack } from '@mantine/core'
import { IconAlertTriangle, IconBuildingHospital } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { addressAtDirectory } from '../api/client'
import { useSession } from '../api/queries'

/** A way in for each directory of the installation, such as the hospital's. */
export function DirectoryButtons() {
  const directories = useSession().data?.directories ?? []
  const go = useMutation({
    mutationFn: (id: string) => addressAtDirectory(id, false),
    onSuccess: ({ address }) => {
      window.location.assign(address)
    },
  })
  if (directories.length === 0) return null
  return (
    <Stack gap="sm">
      {go.isError && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {go.error.message}
        </Alert>
      )}
      {directories.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          leftSection={<IconBuildingHospital size={18} aria-hidden />}
          loading={go.isPending && go.variables === id}
          onClick={() => {
            go.mutate(id)
          }}
        >
          Continue with {name}
        </Button>
      ))}
    </Stack>
  )
}
