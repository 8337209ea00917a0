import { Center, Text } from '@mantine/core'
import { useParams } from 'react-router'

export default function ReadingRoomPage() {
  const { studyId, code } = useParams()
  return (
    <Center h="100vh">
      <Text c="dimmed">
        Reading room of study {studyId}, {code ?? 'next case'}
      </Text>
    </Center>
  )
}
