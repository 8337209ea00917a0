/** Small constructed surfaces for the tests of the tree. */
import { sphereAround, type TreeMesh } from './treeMesh'
import { add, cross, scale, type Vec3 } from './vector'

/** A closed ball, its faces counter-clockwise seen from outside. */
export function ball(centre: Vec3, radius: number, rings = 48): TreeMesh {
  return tube(
    Array.from({ length: rings + 1 }, (_, i) => {
      const angle = (Math.PI * i) / rings
      const at = add(centre, [0, 0, -radius * Math.cos(angle)])
      return { at, radius: radius * Math.sin(angle) }
    }),
    [0, 0, 1],
    2 * rings,
  )
}

/** A closed cylinder from `from` to `to`. */
export function cylinder(from: Vec3, to: Vec3, radius: number, sides = 96): TreeMesh {
  const axis = add(to, scale(from, -1))
  const along = scale(axis, 1 / Math.hypot(...axis))
  const steps = [
    { at: from, radius: 0 },
    { at: from, radius },
    { at: to, radius },
    { at: to, radius: 0 },
  ]
  return tube(steps, along, sides)
}

/** Several surfaces as one. */
export function together(...meshes: TreeMesh[]): TreeMesh {
  let vertices = 0
  const faces = meshes.flatMap((mesh) => {
    const shifted = Array.from(mesh.faces, (vertex) => vertex + vertices)
    vertices += mesh.positions.length / 3
    return shifted
  })
  const positions = Float32Array.from(meshes.flatMap((mesh) => [...mesh.positions]))
  return {
    positions,
    normals: Float32Array.from(meshes.flatMap(({ normals }) => [...normals])),
    colours: Float32Array.from(meshes.flatMap(({ colours }) => [...colours])),
    faces: Uint32Array.from(faces),
    sphere: sphereAround(positions),
  }
}

function tube(rings: { at: Vec3; radius: number }[], along: Vec3, sides: number): TreeMesh {
  const aside: Vec3 = Math.abs(along[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]
  const across = cross(along, aside)
  const u = scale(across, 1 / Math.hypot(...across))
  const v = cross(along, u)
  const positions: number[] = []
  const normals: number[] = []
  const faces: number[] = []
  rings.forEach(({ at, radius }, ring) => {
    for (let side = 0; side < sides; side += 1) {
      const angle = (2 * Math.PI * side) / sides
      const outwards = add(scale(u, Math.cos(angle)), scale(v, Math.sin(angle)))
      positions.push(...add(at, scale(outwards, radius)))
      normals.push(...outwards)
      if (ring === 0) continue
      const here = ring * sides + side
      const next = ring * sides + ((side + 1) % sides)
      faces.push(here - sides, next - sides, next, here - sides, next, here)
    }
  })
  const vertices = Float32Array.from(positions)
  return {
    positions: vertices,
    normals: Float32Array.from(normals),
    colours: vertices.map((_, i) => (i % 3 === 0 ? 0.7 : 0.1)),
    faces: Uint32Array.from(faces),
    sphere: sphereAround(vertices),
  }
}
