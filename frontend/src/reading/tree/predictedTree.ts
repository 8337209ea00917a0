/** The predicted tree of the case, for everything that draws or asks about it. */
import { createContext, useContext, useMemo } from 'react'
import type { MediaState } from '../../viewer/caseMedia'
import type { MediaManifest } from '../../viewer/manifest'
import type { CtVolume } from '../../viewer/mediaPack'
import { arteriesOfVertices, withoutArteries } from '../../viewer/treeArteries'
import { treeIn, type TreeMesh } from '../../viewer/treeMesh'
import type { ViewEvent, ViewState } from '../viewState'
import type { TreeState } from './treeState'

export interface PredictedTree {
  /** Null while it is on its way, and where there is none. */
  mesh: TreeMesh | null
  /** It came, but cannot be read. */
  damaged: boolean
  state: TreeState
  view: ViewState
  volume: CtVolume
  /** Artery of each voxel, once it is there. */
  labels: Uint8Array | null
  /** Artery by label; empty where all are one. */
  names: Readonly<Record<string, string>>
  dispatch: (event: ViewEvent) => void
}

export const PredictedTreeContext = createContext<PredictedTree | null>(null)

export function usePredictedTree(): PredictedTree {
  const tree = useContext(PredictedTreeContext)
  if (!tree) throw new Error('The predicted tree is shown within a case only.')
  return tree
}

const NO_NAMES = {}

export function useTreeOfCase(
  manifest: MediaManifest,
  media: MediaState,
  view: ViewState,
  dispatch: (event: ViewEvent) => void,
): PredictedTree {
  const file = media.tree
  const { volume, labels } = media
  const whole = file && treeIn(file)
  const hidden = view.ct.hiddenArteries
  const mesh = useMemo(() => {
    if (!whole || !labels || hidden.size === 0) return whole
    return withoutArteries(whole, arteriesOfVertices(whole, volume, labels), hidden)
  }, [whole, volume, labels, hidden])
  const names = manifest.labels?.names ?? NO_NAMES
  return {
    mesh,
    damaged: file !== null && whole === null,
    state: view.tree,
    view,
    volume,
    labels,
    names: Object.keys(names).length > 1 ? names : NO_NAMES,
    dispatch,
  }
}
