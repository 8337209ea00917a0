import { IconUserScan, IconVectorBezier2, IconView360 } from '@tabler/icons-react'
import { useState } from 'react'
import { isAsRecorded } from '../../viewer/headPose'
import { STANDARD_VIEWS } from '../../viewer/standardViews'
import { Tool } from '../Tool'
import { HeadPosePanel } from './HeadPosePanel'
import { usePredictedTree } from './predictedTree'
import classes from '../images.module.css'

/** What the tree is looked at from, how the head lay, and the tree over the angiography. */
export function TreeTools() {
  const { state, view, dispatch } = usePredictedTree()
  const { aim, overRuns } = state
  const hasRuns = view.runs.shown.length > 0
  const [headShown, setHeadShown] = useState(false)
  return (
    <>
      <div className={classes.treeTools} role="toolbar" aria-label="Artery tree">
        <Tool
          icon={IconView360}
          words="As the C-arm of the run sees it"
          command="C-arm view"
          pressed={aim.from === 'C-arm'}
          onClick={() => {
            dispatch({ type: 'tree aimed', aim: { from: 'C-arm' } })
          }}
        />
        {STANDARD_VIEWS.map(({ name, short, pose }) => (
          <button
            key={name}
            type="button"
            className={classes.preset}
            title={name}
            aria-pressed={aim.from === 'preset' && aim.pose === pose}
            onClick={() => {
              dispatch({ type: 'tree aimed', aim: { from: 'preset', pose } })
            }}
          >
            {short}
          </button>
        ))}
        {hasRuns && (
          <Tool
            icon={IconUserScan}
            words="How the head lay on the table"
            pressed={headShown || !isAsRecorded(state.head)}
            onClick={() => {
              setHeadShown((was) => !was)
            }}
          />
        )}
        {hasRuns && overRuns && (
          <Tool
            icon={IconVectorBezier2}
            words="Outline of this tree over the DSA"
            command="tree over runs"
            pressed={overRuns.shown}
            onClick={() => {
              dispatch({ type: 'tree over runs toggled' })
            }}
          />
        )}
      </div>
      {hasRuns && headShown && (
        <HeadPosePanel
          onClose={() => {
            setHeadShown(false)
          }}
        />
      )}
    </>
  )
}
