import { Alert, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconShieldExclamation } from '@tabler/icons-react'
import { useLocation } from 'react-router'
import { useAccount } from '../api/queries'
import { directoryProblem } from '../login/problems'
import { FailureState, LoadingState } from '../shell/PageStates'
import { DirectorySection } from './DirectorySection'
import { PasskeySection } from './PasskeySection'
import { PasswordSection } from './PasswordSection'
import { SecondFactorSection } from './SecondFactorSection'
import { SessionSection } from './SessionSection'
import { TokenSection } from './TokenSection'

/** What a person sees and changes of their own account. */
export default function AccountPage() {
  const account = useAccount()
  const problem = directoryProblem(useLocation().search)
  if (account.isPending) return <LoadingState what="your account" />
  if (account.isError) {
    return <FailureState error={account.error} onRetry={() => void account.refetch()} />
  }
  const { data } = account
  const codesAreFew = data.app_since !== null && data.recovery_codes_left < 3
  return (
    <Stack gap="md">
      <title>Account · Reader Study</title>
      <div>
        <Title order={1}>Account</Title>
        <Text c="dimmed" mt={4}>
          {data.full_name || data.username}, user name {data.username}
        </Text>
      </div>
      {problem && (
        <Alert color="red" role="alert" icon={<IconShieldExclamation aria-hidden />}>
          {problem}
        </Alert>
      )}
      {codesAreFew && (
        <Alert color="orange" role="note" icon={<IconShieldExclamation aria-hidden />}>
          You have {data.recovery_codes_left} recovery codes left. Make new ones before you need
          them.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <SecondFactorSection account={data} />
        <PasskeySection account={data} />
        <PasswordSection account={data} />
        <SessionSection account={data} />
      </SimpleGrid>
      <DirectorySection />
      <TokenSection account={data} />
    </Stack>
  )
}
