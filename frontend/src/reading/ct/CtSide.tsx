import { useMemo } from 'react'
import type { MediaManifest } from '../../viewer/manifest'
import { arteryColours } from '../../viewer/arteryColours'
import type { MediaState, Part } from '../../viewer/caseMedia'
import { PLANES, type Overlay } from '../../viewer/mpr'
import { CtToolbar } from './CtToolbar'
import { Problem } from '../Problem'
import { SlicePane } from './SlicePane'
import type { FollowedRun } from '../tree/runView'
import { TreePane } from '../tree/TreePane'
import type { ViewEvent, ViewState } from '../viewState'
import classes from '../images.module.css'

interface CtSideProps {
  manifest: MediaManifest
  media: MediaState
  retry: (part: Part) => void
  view: ViewState
  followedRun: FollowedRun | null
  dispatch: (event: ViewEvent) => void
  onTreeSettled: () => void
}

/** The left half: CT in three planes and, under it, the predicted artery tree. */
export function CtSide(props: CtSideProps) {
  const { manifest, media, retry, view, followedRun, dispatch, onTreeSettled } = props
  const { labels, problems } = media
  const colours = useMemo(
    () => (manifest.labels ? arteryColours(manifest.labels) : []),
    [manifest.labels],
  )
  const overlay = useMemo((): Overlay | null => {
    if (!labels || !view.ct.overlay.shown) return null
    return { labels, colours, opacity: view.ct.overlay.opacity }
  }, [labels, colours, view.ct.overlay])
  const failed = (['ct', 'labels'] as const).find((part) => problems[part])
  const inUse = view.sideInUse === 'left' ? view.left.inUse : null

  return (
    <div
      className={classes.ctSide}
      data-enlarged={view.left.enlarged ? view.left.inUse : undefined}
    >
      <CtToolbar view={view} hasOverlay={manifest.labels !== null} dispatch={dispatch} />
      <div className={classes.slices}>
        {PLANES.map((plane) => (
          <SlicePane
            key={plane}
            plane={plane}
            volume={media.volume}
            slicesLoaded={media.slicesLoaded}
            voxel={view.ct.voxel}
            window={view.ct.window}
            overlay={overlay}
            zoom={view.ct.zoom[plane]}
            inUse={inUse === plane}
            dispatch={dispatch}
          />
        ))}
        {failed && (
          <Problem
            message={problems[failed] ?? ''}
            onRetry={() => {
              retry(failed)
            }}
          />
        )}
      </div>
      {manifest.corrections.length > 0 && (
        <p className={classes.corrections}>{manifest.corrections.join(' · ')}</p>
      )}
      <TreePane
        exists={manifest.tree !== null}
        problem={problems.tree}
        onRetry={() => {
          retry('tree')
        }}
        run={followedRun}
        inUse={inUse === 'tree'}
        onSettled={onTreeSettled}
      />
    </div>
  )
}
