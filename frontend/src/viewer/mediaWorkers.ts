/** The two workers that load images. They start once and serve every case. */
import { MediaError } from './mediaPack'
import type { FromWorker, ToWorker } from './mediaWorker'
import { loadPart, type LargePart, type PartNews, type PartRequest } from './partLoading'

interface Job {
  tell: (news: PartNews) => void
  done: () => void
  failed: (error: Error) => void
}

class MediaWorker {
  private readonly jobs = new Map<number, Job>()
  private readonly worker: Worker
  private lastJob = 0

  constructor() {
    this.worker = new Worker(new URL('./mediaWorker.ts', import.meta.url), { type: 'module' })
    this.worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      this.hear(data)
    })
    this.worker.addEventListener('error', () => {
      for (const [job, { failed }] of this.jobs) {
        this.jobs.delete(job)
        failed(new MediaError('The images cannot be loaded. Reload the page.'))
      }
    })
  }

  load(
    request: PartRequest,
    signal: AbortSignal,
    tell: (news: PartNews) => void,
  ): Promise<void> {
    const job = (this.lastJob += 1)
    return new Promise((done, failed) => {
      this.jobs.set(job, { tell, done, failed })
      signal.addEventListener(
        'abort',
        () => {
          this.jobs.delete(job)
          this.post({ type: 'stop', job })
          failed(signal.reason as Error)
        },
        { once: true },
      )
      this.post({ type: 'load', job, request })
    })
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message)
  }

  private hear(message: FromWorker): void {
    const job = this.jobs.get(message.job)
    if (!job) return
    if (message.type === 'news') {
      job.tell(message.news)
      return
    }
    this.jobs.delete(message.job)
    if (message.type === 'done') job.done()
    else job.failed(new MediaError(message.message))
  }
}

let workers: readonly [MediaWorker, MediaWorker] | null = null

/** Start the workers ahead of the first case; without any, the page itself loads. */
export function startWorkers(): void {
  if ('Worker' in globalThis) workers ??= [new MediaWorker(), new MediaWorker()]
}

/** Load one part of a case; it is told of as it grows. */
export function loadApart(
  request: PartRequest,
  signal: AbortSignal,
  tell: (news: PartNews) => void,
): Promise<void> {
  startWorkers()
  if (!workers) return loadPart(request, signal, tell)
  return workers[workerOf(request.part)].load(request, signal, tell)
}

/** CT and mask lie in different workers, and so do the two runs that are on screen together. */
function workerOf(part: LargePart): 0 | 1 {
  if (part === 'ct') return 0
  if (part === 'labels') return 1
  return Number(part.slice('run '.length)) % 2 === 0 ? 1 : 0
}
