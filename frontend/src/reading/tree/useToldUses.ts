import { useEffect, useEffectEvent, useRef } from 'react'
import type { ViewState } from '../viewState'
import { useViewUse } from '../viewUse'

const AT_REST_MS = 1000

/** Tells the study how the head was put and when the tree lay over a run, once it rests. */
export function useToldUses(view: ViewState): void {
  const tell = useViewUse()
  const { head, overRuns } = view.tree
  const toldHead = useRef(head)
  const tellHead = useEffectEvent(() => {
    if (toldHead.current === head) return
    toldHead.current = head
    tell({
      kind: 'head-pose',
      left: head.leftDeg,
      posterior: head.posteriorDeg,
      head: head.headDeg,
      leftMm: toTenths(head.leftMm),
      posteriorMm: toTenths(head.posteriorMm),
      headMm: toTenths(head.headMm),
    })
  })
  useEffect(() => {
    const rested = setTimeout(tellHead, AT_REST_MS)
    return () => {
      clearTimeout(rested)
    }
  }, [head])

  /** Opacity under which the tree lay over each run when that was last told; 0 is hidden. */
  const toldOver = useRef(new Map<number, number>())
  const shown = overRuns?.shown ?? false
  const opacity = overRuns?.opacity ?? 0
  const onScreen = view.runs.shown
  const tellOver = useEffectEvent(() => {
    for (const run of new Set([...onScreen, ...toldOver.current.keys()])) {
      const now = shown && onScreen.includes(run) ? opacity : 0
      if ((toldOver.current.get(run) ?? 0) === now) continue
      toldOver.current.set(run, now)
      tell({ kind: 'tree-over-dsa', run, shown: now > 0, opacity })
    }
  })
  // A short look counts: only the strength waits until the slider rests.
  useEffect(() => {
    tellOver()
  }, [shown, onScreen])
  useEffect(() => {
    const rested = setTimeout(tellOver, AT_REST_MS)
    return () => {
      clearTimeout(rested)
    }
  }, [opacity])
}

function toTenths(mm: number): number {
  return Math.round(10 * mm) / 10
}
