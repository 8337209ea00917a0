/**
 * What the viewer makes of a media pack, written to files, to be compared with what numpy makes of
 * the same data.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectPoint, viewOfRun, type CArmPose } from '../../src/viewer/carm'
import { drawFrame, maskImage, transferTable, type Contrast } from '../../src/viewer/dsa'
import type { MediaManifest, RunManifest } from '../../src/viewer/manifest'
import {
  framePixels,
  loadLabels,
  loadRun,
  loadSlices,
  type CtVolume,
  type FramePixels,
} from '../../src/viewer/mediaPack'
import { mostOpacified, type FrameRange } from '../../src/viewer/minip'
import {
  drawSlice,
  pixelOfVoxel,
  planeGrid,
  voxelOfPixel,
  type Plane,
  type Rgb,
  type Voxel,
} from '../../src/viewer/mpr'
import { slabHu, type Slab } from '../../src/viewer/slab'
import type { Vec3 } from '../../src/viewer/vector'
import type { Window } from '../../src/viewer/windowLevel'

interface Jobs {
  manifest: MediaManifest
  slices: SliceJob[]
  slabs: (SliceJob & { slab: Slab })[]
  frames: FrameJob[]
  minips: (FrameRange & { contrast: Contrast; window: Window; out: string })[]
  pixels: { plane: Plane; voxel: Voxel }[]
  projections: { run: RunManifest; pose: CArmPose; points: Vec3[] }[]
}

interface SliceJob {
  plane: Plane
  slice: number
  window: Window
  overlay: { opacity: number; colours: Rgb[] } | null
  out: string
}

interface FrameJob {
  run: number
  frame: number
  subtracted: boolean
  inverted: boolean
  window: Window
  out: string
}

const NEVER = new AbortController().signal

export async function drawAll(folder: string): Promise<void> {
  globalThis.fetch = async (name) => new Response(await readFile(join(folder, name as string)))
  const jobs = JSON.parse(await readFile(join(folder, 'jobs.json'), 'utf8')) as Jobs
  const { manifest } = jobs
  const hu = await loadSlices('', manifest.volume, NEVER, () => undefined)
  const volume = { ...manifest.volume, hu }
  const labels = manifest.labels
    ? await loadLabels('', manifest.labels, manifest.volume, NEVER)
    : new Uint8Array(volume.hu.length)
  const write = (name: string, pixels: Uint32Array) =>
    writeFile(join(folder, name), new Uint8Array(pixels.buffer))

  for (const job of jobs.slices) await write(job.out, sliceDrawn(volume, labels, job))
  for (const job of jobs.minips) await write(job.out, await minipDrawn(manifest, job))
  for (const job of jobs.frames) await write(job.out, await frameDrawn(manifest, job))
  await slabsDrawn(volume, jobs.slabs, write)
  const answers = {
    pixels: jobs.pixels.map(({ plane, voxel }) => {
      const pixel = pixelOfVoxel(voxel, volume, plane)
      return { pixel, back: voxelOfPixel(pixel, voxel, volume, plane) }
    }),
    projections: jobs.projections.map(({ run, pose, points }) => {
      const view = viewOfRun(run, pose, { centre: [0, 0, 0], radius: 60 })
      return points.map((point) => {
        const { column, row } = projectPoint(view, point)
        return [column, row]
      })
    }),
  }
  await writeFile(join(folder, 'answers.json'), JSON.stringify(answers))
}

function sliceDrawn(volume: CtVolume, labels: Uint8Array, job: SliceJob): Uint32Array {
  const { columns, rows } = planeGrid(volume, job.plane)
  const out = new Uint32Array(columns * rows)
  const overlay = job.overlay && { ...job.overlay, labels }
  drawSlice(volume, job.plane, job.slice, job.window, overlay, out)
  return out
}

async function framesOf(manifest: MediaManifest, index: number) {
  const run = manifest.runs[index]
  if (!run) throw new Error(`there is no run ${index}`)
  const frames: FramePixels[] = []
  await loadRun('', run, NEVER, (one, data) => {
    frames[one] = framePixels(run, data)
  })
  return { run, frames }
}

async function minipDrawn(
  manifest: MediaManifest,
  { first, last, contrast, window }: Jobs['minips'][number],
): Promise<Uint32Array> {
  const { run, frames } = await framesOf(manifest, 0)
  const pixels = mostOpacified(frames.slice(first, last + 1), contrast)
  const out = new Uint32Array(run.rows * run.columns)
  drawFrame(pixels, null, { window, inverted: false }, out)
  return out
}

async function frameDrawn(manifest: MediaManifest, job: FrameJob): Promise<Uint32Array> {
  const { run, frames } = await framesOf(manifest, job.run)
  const frame = frames[job.frame]
  if (!frame) throw new Error(`there is no frame ${job.frame}`)
  const masks = run.maskFrames.flatMap((one) => frames[one] ?? [])
  const subtraction = { mask: maskImage(masks, run), transfer: transferTable(run) }
  const out = new Uint32Array(run.rows * run.columns)
  drawFrame(frame, job.subtracted ? subtraction : null, job, out)
  return out
}

async function slabsDrawn(
  volume: CtVolume,
  jobs: Jobs['slabs'],
  write: (name: string, pixels: Uint32Array) => Promise<void>,
): Promise<void> {
  for (const job of jobs) {
    const slab = slabHu(volume, job.plane, job.slice, job.slab)
    const out = new Uint32Array(slab.hu.length)
    drawSlice(slab, 'axial', 0, job.window, null, out)
    await write(job.out, out)
  }
}
