// The same data, one request for each slice, mask slice and frame, the middle slice first.
const meta = await (await fetch('/case.json')).json()
const [slices, rows, columns] = meta.shape
const area = rows * columns
const volume = new Int16Array(slices * area).fill(-1000)
const labels = new Uint8Array(slices * area)
const colours = Object.entries(meta.colours).reduce((all, [label, colour]) => {
  all[Number(label)] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16))
  return all
}, [])

function paint(id, width, height, wordOf) {
  const canvas = document.getElementById(id)
  if (canvas.width !== width) [canvas.width, canvas.height] = [width, height]
  const image = new ImageData(width, height)
  const words = new Uint32Array(image.data.buffer)
  for (let row = 0, pixel = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1, pixel += 1) words[pixel] = wordOf(column, row)
  canvas.getContext('2d').putImageData(image, 0, 0)
}

const grey = (value, low, width) => {
  const level = ((value - low) * 255) / width
  return level < 0 ? 0 : level > 255 ? 255 : level | 0
}
const word = (red, green, blue) => (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0

function voxelWord(index) {
  const level = grey(volume[index], 0, 80)
  const colour = labels[index] ? colours[labels[index]] : null
  return colour ? word(...colour.map((part) => (level + part) >> 1)) : word(level, level, level)
}

function paintPlanes() {
  const [z, y, x] = meta.shape.map((count) => count >> 1)
  paint('axial', columns, rows, (c, r) => voxelWord(z * area + r * columns + c))
  paint('coronal', columns, slices, (c, r) => voxelWord((slices - 1 - r) * area + y * columns + c))
  paint('sagittal', rows, slices, (c, r) => voxelWord((slices - 1 - r) * area + c * columns + x))
}

const bytesOf = async (name) => (await fetch(`/${name}.raw.gz`)).arrayBuffer()
const runs = meta.runs.map(({ frames }) => new Array(frames))

const middle = slices >> 1
const order = [...Array(slices).keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
const jobs = order.map((slice) => async () => {
  volume.set(new Int16Array(await bytesOf(`slice-${slice}`)), slice * area)
  if (slice !== middle) return
  paintPlanes()
  document.body.dataset.first = 'true'
})
jobs.push(
  ...order.map((slice) => async () => {
    labels.set(new Uint8Array(await bytesOf(`mask-${slice}`)), slice * area)
  }),
)
meta.runs.forEach(({ frames }, run) => {
  for (let frame = 0; frame < frames; frame += 1)
    jobs.push(async () => {
      runs[run][frame] = new Uint16Array(await bytesOf(`run-${run + 1}-${frame}`))
    })
})

// As many at a time as a browser has connections to a server.
await Promise.all(
  Array.from({ length: 6 }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job()
  }),
)
paintPlanes()
meta.runs.forEach(({ columns: width, rows: height, window: [low, high] }, run) => {
  const frame = runs[run][Math.floor(runs[run].length * 0.4)]
  paint(`run-${run + 1}`, width, height, (c, r) => {
    const level = grey(frame[r * width + c], low, high - low)
    return word(level, level, level)
  })
})
document.body.dataset.ready = 'true'
