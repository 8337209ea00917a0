/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/** The artery tree drawn on the processor: in any browser the same, with a graphics card or not. */
import type { CArmView, Placement } from './carm'
import { IN_MEMORY } from './inMemory'
import type { TreeMesh } from './treeMesh'
import { add, dot, scale, type Vec3 } from './vector'
import { sharesAt, visibleFaces, type VisibleFaces } from './visibleFaces'

/** Two pixels to one smooth the edges, as long as that stays quick. */
const FINER = 2
const MOST_PIXELS = 2_000_000

/** Linear light that falls on all sides, and from the reader's upper right. */
const AMBIENT = 0.9 / Math.PI
const DIRECT = 2.2 / Math.PI
const TOWARDS_LIGHT: Vec3 = [0.324, 0.487, 0.811]
const BACKGROUND = 0xff0c0b0b

interface Picture {
  image: ImageData
  words: Uint32Array
  canvas: HTMLCanvasElement
}

/**
 * What was drawn in last, which the next picture goes on with, be it of another case: memory that
 * is touched for the first time takes longer than what is drawn in it.
 */
let lastPicture: Picture | null = null
let lastSeen: VisibleFaces | null = null

function pictureOf(width: number, height: number): Picture {
  if (lastPicture?.image.width === width && lastPicture.image.height === height) return lastPicture
  const image = new ImageData(width, height)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  lastPicture = { image, words: new Uint32Array(image.data.buffer), canvas }
  return lastPicture
}

/** A picture of a tree in a canvas of its own. */
export class PaintedTree {
  readonly canvas = document.createElement('canvas')

  constructor() {
    this.canvas.dataset.testid = 'tree'
  }

  /** Draw the tree so that the detector of `view` fills `placement.rect` (canvas pixels). */
  show(mesh: TreeMesh, view: CArmView, placement: Placement): void {
    const { rect, canvasWidth, canvasHeight } = placement
    const finer = Math.min(FINER, Math.sqrt(MOST_PIXELS / (canvasWidth * canvasHeight)))
    const width = Math.round(canvasWidth * finer)
    const height = Math.round(canvasHeight * finer)
    const perColumn = width / canvasWidth
    const perRow = height / canvasHeight
    const place = {
      rect: {
        x: rect.x * perColumn,
        y: rect.y * perRow,
        width: rect.width * perColumn,
        height: rect.height * perRow,
      },
      canvasWidth: width,
      canvasHeight: height,
    }
    lastSeen = visibleFaces(mesh, view, place, lastSeen)
    const fine = pictureOf(width, height)
    paintFaces(lastSeen, mesh, view, fine.words)
    fine.canvas.getContext('2d', IN_MEMORY)?.putImageData(fine.image, 0, 0)
    this.canvas.width = canvasWidth
    this.canvas.height = canvasHeight
    const context = this.canvas.getContext('2d', IN_MEMORY)
    if (!context) return
    context.imageSmoothingQuality = 'high'
    context.drawImage(fine.canvas, 0, 0, canvasWidth, canvasHeight)
    this.canvas.dataset.viewRect = [rect.x, rect.y, rect.width, rect.height].join(',')
  }
}

/** Shade what is seen at each pixel into `out` (RGBA bytes as little-endian words). */
export function paintFaces(
  seen: VisibleFaces,
  { normals, colours, faces }: Pick<TreeMesh, 'normals' | 'colours' | 'faces'>,
  view: CArmView,
  out: Uint32Array,
): void {
  const lit = litColours(normals, colours, lightOf(view))
  const { width, face } = seen
  out.fill(BACKGROUND)
  for (let pixel = 0; pixel < face.length; pixel += 1) {
    const index = face[pixel]!
    if (index < 0) continue
    const corners = [faces[3 * index]!, faces[3 * index + 1]!, faces[3 * index + 2]!] as const
    const shares = sharesAt(seen, corners, pixel % width, Math.floor(pixel / width))
    let word = 0xff
    for (let channel = 2; channel >= 0; channel -= 1) {
      const light =
        shares[0] * lit[3 * corners[0] + channel]! +
        shares[1] * lit[3 * corners[1] + channel]! +
        shares[2] * lit[3 * corners[2] + channel]!
      word = (word << 8) | encoded(light)
    }
    out[pixel] = word >>> 0
  }
}

function lightOf({ axes }: CArmView): Vec3 {
  const [right, up, detector] = TOWARDS_LIGHT
  return add(add(scale(axes.right, right), scale(axes.up, up)), scale(axes.detector, detector))
}

/** Linear light that each vertex sends to the reader (Lambert). */
function litColours(normals: Float32Array, colours: Float32Array, light: Vec3): Float32Array {
  const lit = new Float32Array(colours.length)
  for (let i = 0; i < colours.length; i += 3) {
    const facing = dot([normals[i]!, normals[i + 1]!, normals[i + 2]!], light)
    const received = AMBIENT + DIRECT * Math.max(0, facing)
    lit[i] = colours[i]! * received
    lit[i + 1] = colours[i + 1]! * received
    lit[i + 2] = colours[i + 2]! * received
  }
  return lit
}

const STEPS = 1023
/** sRGB byte of linear light (IEC 61966-2-1), by its share of STEPS. */
const SRGB = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = step / STEPS
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))
})

function encoded(light: number): number {
  return SRGB[Math.min(STEPS, Math.max(0, Math.round(light * STEPS)))]!
}
