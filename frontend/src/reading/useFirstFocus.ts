import { useEffect, useRef } from 'react'

/** Puts the focus on what a page or a cover is there for: Enter then does it. */
export function useFirstFocus<T extends HTMLElement>() {
  const element = useRef<T>(null)
  useEffect(() => {
    element.current?.focus()
  }, [])
  return element
}
