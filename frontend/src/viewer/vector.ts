/** Three numbers: a position or direction in LPS, or a (slice, row, column) triple. */
export type Vec3 = [number, number, number]

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

export function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

/** `vector` turned by `angle` radians about the unit vector `axis` (Rodrigues' formula). */
export function rotateAbout(vector: Vec3, axis: Vec3, angle: number): Vec3 {
  const along = scale(axis, dot(axis, vector) * (1 - Math.cos(angle)))
  const across = scale(cross(axis, vector), Math.sin(angle))
  return add(add(scale(vector, Math.cos(angle)), across), along)
}
