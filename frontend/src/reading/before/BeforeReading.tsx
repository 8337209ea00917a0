import { useState, type ReactNode } from 'react'
import type { CheckedScreen } from '../../api/types'
import { DisplayCheckPage } from './DisplayCheckPage'
import { isChecked, screenFacts } from './screenFacts'

interface BeforeReadingProps {
  studyId: string
  /** The screens that were checked in this log-in session. */
  checked: readonly CheckedScreen[]
  children: ReactNode
}

/** Lets nobody to the cases before the display was checked, once a session and screen. */
export function BeforeReading({ studyId, checked, children }: BeforeReadingProps) {
  const [done, setDone] = useState(() => isChecked(screenFacts(), checked))
  if (done) return children
  return (
    <DisplayCheckPage
      studyId={studyId}
      onDone={() => {
        setDone(true)
      }}
    />
  )
}
