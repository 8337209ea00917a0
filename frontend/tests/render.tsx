import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { createQueryClient } from '../src/api/queries'
import { theme } from '../src/theme'

/** Renders a component as the application would, at an address of it. */
export function renderInApp(component: ReactNode, address = '/') {
  const queries = createQueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>
  )
  return render(component, { wrapper })
}
