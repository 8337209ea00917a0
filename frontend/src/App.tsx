import { Center, Loader, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { lazy, Suspense } from 'react'
import { Route, Routes, useLocation } from 'react-router'
import { theme } from './theme'

const ReadingRoom = lazy(() => import('./reading/ReadingRoomPage'))

function Loading() {
  return (
    <Center h="100vh">
      <Loader aria-label="Loading" />
    </Center>
  )
}

export function App() {
  const inReadingRoom = useLocation().pathname.startsWith('/read/')
  return (
    <MantineProvider theme={theme} forceColorScheme={inReadingRoom ? 'dark' : 'light'}>
      <Notifications position="bottom-right" />
      <Suspense fallback={<Loading />}>
        <Routes>
          <Route path="/read/:studyId/:code?" element={<ReadingRoom />} />
        </Routes>
      </Suspense>
    </MantineProvider>
  )
}
