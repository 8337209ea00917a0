/**
 * The artery tree as triangles, read from the glTF binary that the server makes.
 *
 * Only what that file may hold is read: one mesh with quantised positions, normals and colours. It
 * serves the drawing, the outline over the DSA and the picking alike.
 */
import type { Sphere } from './carm'
import { remembered } from './remembered'
import type { Vec3 } from './vector'

export interface TreeMesh {
  /** x, y, z of each vertex, LPS mm. */
  positions: Float32Array
  /** Unit vectors outwards. */
  normals: Float32Array
  /** Red, green, blue of each vertex in linear light, 0–1. */
  colours: Float32Array
  /** Three vertices a face, counter-clockwise seen from outside. */
  faces: Uint32Array
  /** Around the box that holds all vertices. */
  sphere: Sphere
}

/** The file is not what the server writes. */
export class TreeFileError extends Error {
  override name = 'TreeFileError'
}

interface Accessor {
  bufferView: number
  componentType: number
  count: number
  type: 'SCALAR' | 'VEC3' | 'VEC4'
  normalized?: boolean
}

interface Gltf {
  nodes: { translation?: Vec3; scale?: Vec3 }[]
  meshes: {
    primitives: {
      attributes: { POSITION: number; NORMAL: number; COLOR_0?: number }
      indices: number
    }[]
  }[]
  accessors: Accessor[]
  bufferViews: { byteOffset?: number; byteLength: number; byteStride?: number }[]
}

const MAGIC = 0x46546c67
const JSON_CHUNK = 0x4e4f534a
const BINARY_CHUNK = 0x004e4942
const WIDTH = { SCALAR: 1, VEC3: 3, VEC4: 4 }
/** Linear light of the colour of what has none of its own. */
const UNCOLOURED: Vec3 = [0.69, 0.086, 0.069]

export function readTreeMesh(file: ArrayBuffer): TreeMesh {
  try {
    return meshOf(...chunksOf(file))
  } catch (error) {
    if (error instanceof TreeFileError) throw error
    throw new TreeFileError('The artery tree is described wrongly.', { cause: error })
  }
}

/** The tree in a file, read once as long as the file is kept; null where it cannot be read. */
export function treeIn(file: ArrayBuffer): TreeMesh | null {
  return remembered(file, 'mesh', '', () => {
    try {
      return readTreeMesh(file)
    } catch {
      return null
    }
  })
}

function chunksOf(file: ArrayBuffer): [Gltf, DataView] {
  const view = new DataView(file)
  if (view.getUint32(0, true) !== MAGIC) throw new TreeFileError('The artery tree is no GLB file.')
  let description: Gltf | null = null
  let binary: DataView | null = null
  // Chunks of other types only fill the file up.
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = view.getUint32(at, true)
    const type = view.getUint32(at + 4, true)
    const content = new DataView(file, at + 8, length)
    if (type === JSON_CHUNK) description = JSON.parse(new TextDecoder().decode(content)) as Gltf
    if (type === BINARY_CHUNK) binary = content
    at += 8 + length
  }
  if (!description || !binary) throw new TreeFileError('The artery tree is not complete.')
  return [description, binary]
}

function meshOf(gltf: Gltf, binary: DataView): TreeMesh {
  const primitive = gltf.meshes[0]?.primitives[0]
  if (!primitive) throw new TreeFileError('The artery tree has no surface.')
  const read = (accessor: number, components: number) => values(gltf, binary, accessor, components)
  const positions = read(primitive.attributes.POSITION, 3)
  const { translation = [0, 0, 0], scale = [1, 1, 1] } = gltf.nodes[0] ?? {}
  for (let i = 0; i < positions.length; i += 1) {
    positions[i] = (positions[i] ?? 0) * (scale[i % 3] ?? 1) + (translation[i % 3] ?? 0)
  }
  const normals = read(primitive.attributes.NORMAL, 3)
  const coloured = primitive.attributes.COLOR_0
  const colours =
    coloured === undefined
      ? Float32Array.from(positions, (_, i) => UNCOLOURED[i % 3] ?? 0)
      : read(coloured, 3)
  const faces = Uint32Array.from(read(primitive.indices, 1))
  const last = positions.length / 3
  if (faces.length % 3 !== 0 || faces.some((vertex) => vertex >= last)) {
    throw new TreeFileError('The artery tree is described wrongly.')
  }
  return { positions, normals, colours, faces, sphere: sphereAround(positions) }
}

/** The first `components` numbers of each element; normalised integers become 0–1 or −1–1. */
function values(gltf: Gltf, binary: DataView, index: number, components: number): Float32Array {
  const accessor = gltf.accessors[index]
  const bufferView = gltf.bufferViews[accessor?.bufferView ?? -1]
  const number = NUMBERS[accessor?.componentType ?? 0]
  if (!accessor || !bufferView || !number) throw new TreeFileError('The artery tree is damaged.')
  const stride = bufferView.byteStride ?? number.bytes * WIDTH[accessor.type]
  const divisor = accessor.normalized ? number.most : 1
  const found = new Float32Array(accessor.count * components)
  for (let element = 0, i = 0; element < accessor.count; element += 1) {
    const start = (bufferView.byteOffset ?? 0) + element * stride
    for (let component = 0; component < components; component += 1, i += 1) {
      found[i] = number.read(binary, start + component * number.bytes) / divisor
    }
  }
  return found
}

interface NumberType {
  bytes: number
  most: number
  read: (view: DataView, at: number) => number
}

/** glTF's component types. */
const NUMBERS: Partial<Record<number, NumberType>> = {
  5120: { bytes: 1, most: 127, read: (view, at) => view.getInt8(at) },
  5121: { bytes: 1, most: 255, read: (view, at) => view.getUint8(at) },
  5123: { bytes: 2, most: 65535, read: (view, at) => view.getUint16(at, true) },
  5125: { bytes: 4, most: 1, read: (view, at) => view.getUint32(at, true) },
  5126: { bytes: 4, most: 1, read: (view, at) => view.getFloat32(at, true) },
}

export function sphereAround(positions: Float32Array): Sphere {
  const low: Vec3 = [Infinity, Infinity, Infinity]
  const high: Vec3 = [-Infinity, -Infinity, -Infinity]
  positions.forEach((value, i) => {
    const axis = (i % 3) as 0 | 1 | 2
    low[axis] = Math.min(low[axis], value)
    high[axis] = Math.max(high[axis], value)
  })
  const centre = low.map((value, axis) => (value + (high[axis] ?? 0)) / 2) as Vec3
  const corner = high.map((value, axis) => value - (centre[axis] ?? 0))
  return { centre, radius: Math.hypot(...corner) }
}
