import { useMemo } from 'react'
import type { MediaManifest } from '../../viewer/manifest'
import { arteryColours } from '../../viewer/arteryColours'
import type { MediaState, Part } from '../../viewer/caseMedia'
import { PLANES } from '../../viewer/mpr'
import type { Slab } from '../../viewer/slab'
import { CtToolbar } from './CtToolbar'
import { Problem } from '../Problem'
import { SlicePane, type ArteryOverlay } from './SlicePane'
import type { FollowedRun } from '../tree/runView'
import { TreePane } from '../tree/TreePane'
import type { ViewEvent, ViewState } from '../viewState'
import classes from '../images.module.css'
import own from './ct.module.css'

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
  const names = useMemo(() => namesToTellApart(manifest), [manifest])
  const { hiddenArteries } = view.ct
  const shownColours = useMemo(
    () => colours.map((colour, index) => (hiddenArteries.has(index + 1) ? null : colour)),
    [colours, hiddenArteries],
  )
  const overlay = useMemo((): ArteryOverlay | null => {
    const { shown, ...style } = view.ct.overlay
    if (!labels || !shown) return null
    return { labels, colours: shownColours, names, ...style }
  }, [labels, shownColours, names, view.ct.overlay])
  const slab = useMemo((): Slab | null => {
    const { mode, thickness } = view.ct.slab
    return mode === 'off' ? null : { mode, thickness }
  }, [view.ct.slab])
  const failed = (['ct', 'labels'] as const).find((part) => problems[part])
  const inUse = view.sideInUse === 'left' ? view.left.inUse : null

  return (
    <div
      className={classes.ctSide}
      data-enlarged={view.left.enlarged ? view.left.inUse : undefined}
    >
      <CtToolbar
        view={view}
        arteries={manifest.labels && { names, colours, labels }}
        dispatch={dispatch}
      />
      <div className={`${classes.slices} ${own.slices}`} data-layout={view.ct.layout}>
        {PLANES.map((plane) => (
          <SlicePane
            key={plane}
            plane={plane}
            volume={media.volume}
            slicesLoaded={media.slicesLoaded}
            voxel={view.ct.voxel}
            window={view.ct.window}
            slab={slab}
            overlay={overlay}
            distances={view.ct.distances}
            measuring={view.ct.measuring}
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

/** A model that knows one artery needs no names. */
function namesToTellApart({ labels }: MediaManifest): Readonly<Record<string, string>> {
  return labels && Object.keys(labels.names).length > 1 ? labels.names : {}
}
