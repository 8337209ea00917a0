import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ApiError, isProblem } from '../api/client'
import { SecondFactorNeeded } from '../shell/SecondFactorNeeded'
import classes from './room.module.css'

/** A page of the reading room without images. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <main className={classes.noticePage}>
      <h1>{title}</h1>
      {children}
    </main>
  )
}

interface FailureProps {
  error: Error
  onRetry: () => void
  retry?: string
}

export function Failure({ error, onRetry, retry = 'Try again' }: FailureProps) {
  if (isProblem(error, 'second-factor-needed')) {
    return (
      <main className={classes.noticePage}>
        <SecondFactorNeeded message={error.message} onGiven={onRetry} />
      </main>
    )
  }
  const loggedOut = error instanceof ApiError && (error.status === 401 || error.status === 403)
  return (
    <Notice title={error.message}>
      <div className={classes.choices}>
        {loggedOut ? (
          <Button component={Link} to="/login">
            Log in
          </Button>
        ) : (
          <Button onClick={onRetry}>{retry}</Button>
        )}
        <BackToStudies />
      </div>
    </Notice>
  )
}

export function BackToStudies() {
  return (
    <Button component={Link} to="/" variant="default">
      My studies
    </Button>
  )
}
