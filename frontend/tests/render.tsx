import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { createQueryClient } from '../src/api/queries'
import { theme } from '../src/theme'

/** Renders a component as the application would, at an address of it. */
export function renderInApp(component: ReactNode, address = '/') {
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter initialEntries={[address]}>{component}</MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  )
}
