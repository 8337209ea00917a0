import type { MouseEvent, RefObject } from 'react'
import { CtSide } from './ct/CtSide'
import type { RunControl } from './dsa/runControl'
import { RunSide } from './dsa/RunSide'
import { PredictedTreeContext, useTreeOfCase } from './tree/predictedTree'
import { useToldUses } from './tree/useToldUses'
import type { ShownImages } from './useCaseImages'
import classes from './room.module.css'

interface CaseStageProps {
  images: ShownImages
  runs: readonly RefObject<RunControl | null>[]
  inert?: boolean
  onOpened: (run: number) => void
  onTreeSettled: () => void
}

/** The images of a case side by side: CT and tree to the left, angiography to the right. */
export function CaseStage({ images, runs, inert, onOpened, onTreeSettled }: CaseStageProps) {
  const { manifest, media, retry, view, dispatch, openedRuns, followedRun, onFrame } = images
  const tree = useTreeOfCase(manifest, media, view, dispatch)
  useToldUses(view)
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keeps the focus, does nothing itself
    <div className={classes.stage} onMouseDown={keepKeysForImages} inert={inert}>
      <PredictedTreeContext value={tree}>
        <CtSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          followedRun={followedRun}
          dispatch={dispatch}
          onTreeSettled={onTreeSettled}
        />
        <RunSide
          manifest={manifest}
          media={media}
          retry={retry}
          view={view}
          controls={runs}
          openedRuns={openedRuns}
          onOpened={onOpened}
          onFrame={onFrame}
          dispatch={dispatch}
        />
      </PredictedTreeContext>
    </div>
  )
}

/** A button pressed with the mouse must not take the space bar away from the cine. */
function keepKeysForImages(event: MouseEvent) {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault()
}
