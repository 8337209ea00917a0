import { Button, Container, Group, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconBox, IconChevronDown, IconLogout, IconUser, IconUserShield } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Suspense } from 'react'
import { Link, Outlet } from 'react-router'
import { logOut } from '../api/client'
import { useSession } from '../api/queries'
import { Brand } from './Brand'
import { LoadingState } from './PageStates'
import classes from './Shell.module.css'

const PAGE_WIDTH = 1280

/** Header, content and footer of the light pages. */
export function Shell() {
  const { data: session } = useSession()
  return (
    <div className={classes.page}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Container size={PAGE_WIDTH} className={classes.bar}>
          <Link to="/" className={classes.home} aria-label="Reader Study, my studies">
            <Brand />
          </Link>
          <UserMenu />
        </Container>
      </header>
      <Container
        component="main"
        id="content"
        tabIndex={-1}
        size={PAGE_WIDTH}
        w="100%"
        className={classes.content}
      >
        <Suspense fallback={<LoadingState what="the page" />}>
          <Outlet />
        </Suspense>
      </Container>
      <footer className={classes.footer}>
        <Container size={PAGE_WIDTH}>
          <Group justify="space-between">
            <span>For research only. Not for clinical use.</span>
            <span>Version {session?.version}</span>
          </Group>
        </Container>
      </footer>
    </div>
  )
}

function UserMenu() {
  const { data: session } = useSession()
  const leave = useMutation({
    mutationFn: logOut,
    // A fresh page leaves nothing of this user in the browser's memory.
    onSuccess: () => {
      window.location.assign('/login')
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'You are still logged in', message: error.message })
    },
  })
  const user = session?.user
  if (!user) return null
  return (
    <Menu
      position="bottom-end"
      width={180}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          c="gray.8"
          leftSection={<IconUser size={17} aria-hidden />}
          rightSection={<IconChevronDown size={15} aria-hidden />}
        >
          {user.full_name || user.username}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component={Link}
          to="/account"
          leftSection={<IconUserShield size={16} aria-hidden />}
        >
          Account
        </Menu.Item>
        {user.administrator && (
          <Menu.Item component={Link} to="/models" leftSection={<IconBox size={16} aria-hidden />}>
            Models
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() => {
            leave.mutate()
          }}
        >
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
