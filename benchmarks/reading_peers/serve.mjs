// A static server for the peers: files as they lie on disk, nothing kept by the browser.
// node serve.mjs PORT FOLDER…   (a name is looked for in each folder, in order)
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const [port, ...folders] = process.argv.slice(2)
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' }

createServer((request, response) => {
  const name = normalize(decodeURIComponent(new URL(request.url, 'http://here').pathname))
  for (const folder of folders) {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found?.isFile()) continue
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Length': found.size,
      'Cache-Control': 'no-store',
      // What ends in .gz the browser itself inflates, off the page's thread.
      ...(name.endsWith('.gz') ? { 'Content-Encoding': 'gzip' } : {}),
    })
    createReadStream(path, { highWaterMark: 2 ** 18 }).pipe(response)
    return
  }
  response.writeHead(404).end()
}).listen(Number(port), '127.0.0.1')
