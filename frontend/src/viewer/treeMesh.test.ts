import { describe, expect, it } from 'vitest'
import { readTreeMesh, TreeFileError } from './treeMesh'

interface Parts {
  description?: object
  filling?: boolean
}

const VERTICES = [
  [0, 0, 0],
  [65535, 0, 0],
  [0, 32768, 0],
  [0, 0, 65535],
]
const FACES = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]

/** A tetrahedron laid out as the server lays out its tree. */
function treeFile({ description, filling = false }: Parts = {}): ArrayBuffer {
  const binary = new DataView(new ArrayBuffer(4 * (8 + 4 + 4) + 24))
  VERTICES.forEach((vertex, i) => {
    vertex.forEach((value, axis) => {
      binary.setUint16(8 * i + 2 * axis, value, true)
    })
    binary.setInt8(32 + 4 * i + (i % 3), i === 3 ? -127 : 127)
    ;[255, 51, 0, 255].forEach((value, channel) => {
      binary.setUint8(48 + 4 * i + channel, value)
    })
  })
  FACES.forEach((vertex, i) => {
    binary.setUint16(64 + 2 * i, vertex, true)
  })
  const accessor = (bufferView: number, componentType: number, type: string, count = 4) => ({
    bufferView,
    componentType,
    count,
    type,
    normalized: type !== 'SCALAR',
  })
  const standard = {
    nodes: [{ mesh: 0, translation: [-10, 20, 30], scale: [100, 100, 100] }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, COLOR_0: 2 }, indices: 3 }] }],
    accessors: [
      accessor(0, 5123, 'VEC3'),
      accessor(1, 5120, 'VEC3'),
      accessor(2, 5121, 'VEC4'),
      accessor(3, 5123, 'SCALAR', FACES.length),
    ],
    bufferViews: [
      { byteOffset: 0, byteLength: 32, byteStride: 8 },
      { byteOffset: 32, byteLength: 16, byteStride: 4 },
      { byteOffset: 48, byteLength: 16, byteStride: 4 },
      { byteOffset: 64, byteLength: 24 },
    ],
  }
  const json = JSON.stringify(description ?? standard)
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 4) * 4))
  const chunks: [number, Uint8Array][] = [
    [0x4e4f534a, text],
    [0x004e4942, new Uint8Array(binary.buffer)],
  ]
  if (filling) chunks.push([0x444150, new Uint8Array(36)])
  const length = 12 + chunks.reduce((sum, [, content]) => sum + 8 + content.length, 0)
  const file = new DataView(new ArrayBuffer(length))
  ;[0x46546c67, 2, length].forEach((value, i) => {
    file.setUint32(4 * i, value, true)
  })
  let at = 12
  for (const [type, content] of chunks) {
    file.setUint32(at, content.length, true)
    file.setUint32(at + 4, type, true)
    new Uint8Array(file.buffer).set(content, at + 8)
    at += 8 + content.length
  }
  return file.buffer
}

describe("the tree's file", () => {
  it('gives positions in mm, unit normals, linear colours and faces', () => {
    const mesh = readTreeMesh(treeFile())
    expect([...mesh.positions.slice(0, 6)]).toEqual([-10, 20, 30, 90, 20, 30])
    expect(mesh.positions[7]).toBeCloseTo(20 + (100 * 32768) / 65535, 4)
    expect([...mesh.normals.slice(0, 6)]).toEqual([1, 0, 0, 0, 1, 0])
    expect(mesh.normals[9]).toBe(-1)
    expect(mesh.colours[0]).toBe(1)
    expect(mesh.colours[1]).toBeCloseTo(0.2, 6)
    expect([...mesh.faces]).toEqual(FACES)
    expect(mesh.sphere.centre).toEqual([40, expect.closeTo(45, 2), 80])
  })

  it('may be filled up at its end', () => {
    expect(readTreeMesh(treeFile({ filling: true }))).toEqual(readTreeMesh(treeFile()))
  })

  it.each([
    ['something else', new TextEncoder().encode('<!doctype html><p>Not found</p>').buffer],
    ['nothing', new ArrayBuffer(0)],
    ['one cut off', treeFile().slice(0, 400)],
    ['one without a mesh', treeFile({ description: { nodes: [], meshes: [] } })],
  ])('is refused where it is %s', (_, file) => {
    expect(() => readTreeMesh(file)).toThrow(TreeFileError)
  })
})
