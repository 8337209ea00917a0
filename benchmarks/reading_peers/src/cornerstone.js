// A minimal page of Cornerstone3D: three planes of one volume with its mask, two stacks of frames.
// It gets bare arrays that the browser itself has inflated; there is no DICOM to be parsed, no
// artery tree to be drawn, nothing is subtracted, and there is no form beside the images.
import {
  cache,
  Enums,
  imageLoader,
  init,
  metaData,
  RenderingEngine,
  volumeLoader,
} from '@cornerstonejs/core'

const FRAME_OF_REFERENCE = '1.2.3'
const PLANES = ['axial', 'coronal', 'sagittal']
const { ViewportType, OrientationAxis, Events } = Enums
const element = (id) => document.getElementById(id)
const bytesOf = async (name) => (await fetch(`/${name}.raw.gz`)).arrayBuffer()

await init()
cache.setMaxCacheSize(2 ** 31)
const engine = new RenderingEngine('engine')
engine.setViewports([
  ...PLANES.map((id) => ({
    viewportId: id,
    element: element(id),
    type: ViewportType.ORTHOGRAPHIC,
    defaultOptions: { orientation: OrientationAxis[id.toUpperCase()] },
  })),
  ...['run-1', 'run-2'].map((id) => ({
    viewportId: id,
    element: element(id),
    type: ViewportType.STACK,
  })),
])

const meta = await (await fetch('/case.json')).json()
const grid = {
  dimensions: meta.shape.toReversed(),
  spacing: meta.spacing.toReversed(),
  origin: meta.origin,
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
}
const metadataOf = (bits, signed, rows, columns, spacing) => ({
  BitsAllocated: bits,
  BitsStored: bits,
  HighBit: bits - 1,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  PixelRepresentation: signed ? 1 : 0,
  Modality: 'CT',
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PixelSpacing: spacing,
  FrameOfReferenceUID: FRAME_OF_REFERENCE,
  Columns: columns,
  Rows: rows,
  voiLut: [{ windowCenter: 40, windowWidth: 80 }],
  VOILUTFunction: 'LINEAR',
})
const [, rows, columns] = meta.shape
const spacing = [meta.spacing[1], meta.spacing[2]]

function rendered(ids) {
  return Promise.all(
    ids.map(
      (id) =>
        new Promise((resolve) => {
          element(id).addEventListener(Events.IMAGE_RENDERED, resolve, { once: true })
        }),
    ),
  )
}

async function showVolume() {
  const scalarData = new Int16Array(await bytesOf('volume'))
  volumeLoader.createLocalVolume('ct', {
    ...grid,
    scalarData,
    metadata: metadataOf(16, true, rows, columns, spacing),
  })
  const drawn = rendered(PLANES)
  await Promise.all(
    PLANES.map(async (id) => {
      const viewport = engine.getViewport(id)
      await viewport.setVolumes([{ volumeId: 'ct' }])
      viewport.setProperties({ voiRange: { lower: 0, upper: 80 } })
    }),
  )
  engine.renderViewports(PLANES)
  await drawn
  document.body.dataset.first = 'true'
}

async function showMask() {
  const scalarData = new Uint8Array(await bytesOf('labels'))
  await volumeShown
  volumeLoader.createLocalVolume('mask', {
    ...grid,
    scalarData,
    metadata: metadataOf(8, false, rows, columns, spacing),
  })
  const drawn = rendered(PLANES)
  await Promise.all(
    PLANES.map(async (id) => {
      const viewport = engine.getViewport(id)
      await viewport.addVolumes([{ volumeId: 'mask' }])
      inColour(viewport.getActors().at(-1).actor)
    }),
  )
  engine.renderViewports(PLANES)
  await drawn
}

/** Each artery in its colour, nothing where there is none. */
function inColour(volumeActor) {
  const property = volumeActor.getProperty()
  const colour = property.getRGBTransferFunction(0)
  const opacity = property.getScalarOpacity(0)
  colour.removeAllPoints()
  opacity.removeAllPoints()
  opacity.addPoint(0, 0)
  for (const [label, hex] of Object.entries(meta.colours)) {
    const parts = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16) / 255)
    colour.addRGBPoint(Number(label), ...parts)
    opacity.addPoint(Number(label), 0.5)
  }
  property.setInterpolationTypeToNearest()
}

const frameOf = (imageId) => imageId.slice('frame:'.length).split('-').map(Number)
imageLoader.registerImageLoader('frame', (imageId) => {
  const load = async () => {
    const [number, frame] = frameOf(imageId)
    const run = meta.runs[number - 1]
    const pixels = new Uint16Array(await bytesOf(`run-${number}-${frame}`))
    return {
      imageId,
      minPixelValue: 0,
      maxPixelValue: run.window[1],
      slope: 1,
      intercept: 0,
      windowCenter: (run.window[0] + run.window[1]) / 2,
      windowWidth: run.window[1] - run.window[0],
      voiLUTFunction: 'LINEAR',
      rows: run.rows,
      columns: run.columns,
      height: run.rows,
      width: run.columns,
      color: false,
      rgba: false,
      numberOfComponents: 1,
      columnPixelSpacing: 1,
      rowPixelSpacing: 1,
      invert: false,
      sizeInBytes: pixels.byteLength,
      dataType: 'Uint16Array',
      getPixelData: () => pixels,
    }
  }
  return { promise: load() }
})
metaData.addProvider((type, imageId) => {
  if (typeof imageId !== 'string' || !imageId.startsWith('frame:')) return undefined
  const [number, frame] = frameOf(imageId)
  const run = meta.runs[number - 1]
  if (type === 'imagePixelModule')
    return {
      bitsAllocated: 16,
      bitsStored: 16,
      highBit: 15,
      samplesPerPixel: 1,
      photometricInterpretation: 'MONOCHROME2',
      pixelRepresentation: 0,
    }
  if (type === 'imagePlaneModule')
    return {
      frameOfReferenceUID: `run-${number}`,
      rows: run.rows,
      columns: run.columns,
      imageOrientationPatient: [1, 0, 0, 0, 1, 0],
      rowCosines: [1, 0, 0],
      columnCosines: [0, 1, 0],
      imagePositionPatient: [0, 0, frame],
      pixelSpacing: [1, 1],
      rowPixelSpacing: 1,
      columnPixelSpacing: 1,
    }
  if (type === 'generalSeriesModule') return { modality: 'XA', seriesInstanceUID: `run-${number}` }
  return undefined
}, 10_000)

async function showRun(number) {
  const { frames, window } = meta.runs[number - 1]
  const ids = Array.from({ length: frames }, (_, frame) => `frame:${number}-${frame}`)
  const waiting = [...ids]
  const first = Math.floor(frames * 0.4)
  const drawn = rendered([`run-${number}`])
  const viewport = engine.getViewport(`run-${number}`)
  await viewport.setStack(ids, first)
  viewport.setProperties({ voiRange: { lower: window[0], upper: window[1] } })
  viewport.render()
  await Promise.all(
    [0, 1].map(async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) await imageLoader.loadAndCacheImage(id)
    }),
  )
  await drawn
}

const volumeShown = showVolume()
await Promise.all([volumeShown, showMask(), showRun(1), showRun(2)])
document.body.dataset.ready = 'true'
