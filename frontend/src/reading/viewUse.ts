/** What a rater did to the images that the study keeps a record of. */
import { createContext, useContext } from 'react'

export type ViewUse =
  /** The predicted tree was laid over a run, or taken away; opacity 0–1. */
  | { kind: 'tree-over-dsa'; run: number; shown: boolean; opacity: number }
  /** The head was put otherwise than recorded: degrees about, mm along the LPS axes; all 0 resets. */
  | {
      kind: 'head-pose'
      left: number
      posterior: number
      head: number
      leftMm: number
      posteriorMm: number
      headMm: number
    }
  /** The mask of a run was changed: 0-based frames, shift in pixels, proposed by the page or not. */
  | { kind: 'mask'; run: number; frames: number[]; down: number; right: number; proposed: boolean }

/** Where uses are told to; nothing is kept outside of a rater's own case. */
export const ViewUseContext = createContext<(use: ViewUse) => void>(() => undefined)

export function useViewUse(): (use: ViewUse) => void {
  return useContext(ViewUseContext)
}
