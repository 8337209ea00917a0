import { memo, type MouseEvent } from 'react'
import { CtSide } from './ct/CtSide'
import { RunSide } from './dsa/RunSide'
import { PredictedTreeContext, useTreeOfCase } from './tree/predictedTree'
import { useToldUses } from './tree/useToldUses'
import type { ShownImages } from './useCaseImages'
import classes from './room.module.css'

interface CaseStageProps {
  images: ShownImages
  inert?: boolean
  onOpened: (run: number) => void
  onTreeSettled: () => void
}

/** The images of a case side by side: CT and tree to the left, angiography to the right. */
export const CaseStage = memo(function CaseStage(props: CaseStageProps) {
  const { images, inert, onOpened, onTreeSettled } = props
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
          controls={images.controls}
          openedRuns={openedRuns}
          onOpened={onOpened}
          onFrame={onFrame}
          dispatch={dispatch}
        />
      </PredictedTreeContext>
    </div>
  )
})

/** A button pressed with the mouse must not take the space bar away from the cine. */
function keepKeysForImages(event: MouseEvent) {
  if (event.target instanceof Element && event.target.closest('button')) event.preventDefault()
}
