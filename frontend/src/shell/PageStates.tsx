import { Button, Center, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'react-router'
import { ApiError, isProblem } from '../api/client'
import { SecondFactorNeeded } from './SecondFactorNeeded'

/** What takes no longer is loaded without a word. */
const AT_ONCE_MS = 400

export function LoadingState({ what }: { what: string }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => {
      setLate(true)
    }, AT_ONCE_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [])
  if (!late) return <Center mih={280} role="status" aria-label={`Loading ${what}`} />
  return (
    <Center mih={280} role="status">
      <Stack align="center" gap="sm">
        <Loader size="sm" type="dots" />
        <Text size="sm" c="dimmed">
          Loading {what} …
        </Text>
      </Stack>
    </Center>
  )
}

type TitleOrder = 1 | 2

interface FailureStateProps {
  /** 1 where nothing else on the page is a heading. */
  titleOrder?: TitleOrder
  error: Error
  onRetry: () => void
}

export function FailureState({ error, onRetry, titleOrder = 2 }: FailureStateProps) {
  if (isProblem(error, 'second-factor-needed')) {
    return <SecondFactorNeeded message={error.message} onGiven={onRetry} />
  }
  return (
    <Center mih={280} role="alert">
      <Stack align="center" gap="sm" maw={460} ta="center">
        <ThemeIcon color="red" variant="light" size={44} radius="xl">
          <IconAlertTriangle size={22} aria-hidden />
        </ThemeIcon>
        <Title order={titleOrder} fz="h2">
          This could not be loaded
        </Title>
        <Text size="sm" c="dimmed">
          {error.message}
        </Text>
        {error instanceof ApiError && error.status === 404 ? (
          <Button component={Link} to="/" variant="default">
            Go to my studies
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} aria-hidden />}
            onClick={onRetry}
          >
            Try again
          </Button>
        )}
      </Stack>
    </Center>
  )
}

interface EmptyStateProps {
  titleOrder?: TitleOrder
  icon: ReactNode
  title: string
  children: ReactNode
  action?: ReactNode
}

export function EmptyState({ icon, title, children, action, titleOrder = 2 }: EmptyStateProps) {
  return (
    <Center mih={240}>
      <Stack align="center" gap="xs" maw={480} ta="center" py="xl">
        <ThemeIcon variant="light" size={48} radius="xl">
          {icon}
        </ThemeIcon>
        <Title order={titleOrder} fz="h2">
          {title}
        </Title>
        <Text c="dimmed">{children}</Text>
        {action}
      </Stack>
    </Center>
  )
}
