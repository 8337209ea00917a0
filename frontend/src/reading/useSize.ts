import { useLayoutEffect, useRef, useState } from 'react'

/** The size of an element (CSS pixels), known before it is first painted. */
export function useSize<T extends HTMLElement>() {
  const ref = useRef<T>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const take = ({ width, height }: { width: number; height: number }) => {
      setSize((was) => (was.width === width && was.height === height ? was : { width, height }))
    }
    // Panes have no padding, so that the content is as large as the box.
    take(element.getBoundingClientRect())
    const observer = new ResizeObserver(([entry]) => {
      if (entry) take(entry.contentRect)
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
    }
  }, [])
  return { ref, ...size }
}
