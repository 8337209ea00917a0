/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/** The tree without the arteries that the reader has hidden. */
import type { TreeMesh } from './treeMesh'
import { nearestArtery, type Grid } from './treePick'

/** The artery of each vertex: the label nearest to it, 0 where there is none within 2 mm. */
export function arteriesOfVertices(
  { positions }: Pick<TreeMesh, 'positions'>,
  volume: Grid,
  labels: Uint8Array,
): Uint8Array {
  const arteries = new Uint8Array(positions.length / 3)
  for (let vertex = 0, i = 0; vertex < arteries.length; vertex += 1, i += 3) {
    const point = [positions[i]!, positions[i + 1]!, positions[i + 2]!] as const
    arteries[vertex] = nearestArtery(volume, labels, [...point]).label
  }
  return arteries
}

/** The mesh without the faces whose first vertex belongs to a hidden artery. */
export function withoutArteries(
  mesh: TreeMesh,
  arteries: Uint8Array,
  hidden: ReadonlySet<number>,
): TreeMesh {
  const { faces } = mesh
  const kept = new Uint32Array(faces.length)
  let length = 0
  for (let i = 0; i < faces.length; i += 3) {
    if (hidden.has(arteries[faces[i]!]!)) continue
    kept.set(faces.subarray(i, i + 3), length)
    length += 3
  }
  return { ...mesh, faces: kept.slice(0, length) }
}
