// One file by tus 1.0: the standard client does the protocol, this says what went wrong.
import { DefaultHttpStack, DetailedError, type HttpStack, Upload } from 'tus-js-client'
import { ApiError, csrfToken, NO_CONNECTION, parseJson, problemMessage } from '../../api/client'
import type { OutgoingFile, Transfer, TransferEvents } from './sending'

const CHUNK_BYTES = 8 * 1024 * 1024

/** Sends a file to the files of an upload, from where the server has it. */
export function sendByTus(
  address: string,
  { path, file, id }: OutgoingFile,
  { onBegun, onSent, onReceived }: TransferEvents,
): Transfer {
  const abort = new AbortController()
  const finished = new Promise<void>((resolve, reject) => {
    const upload = new Upload(file, {
      // With both, the client would begin anew wherever it cannot go on.
      ...(id === null ? { endpoint: address } : { uploadUrl: `${address}/${id}` }),
      metadata: { name: path },
      chunkSize: CHUNK_BYTES,
      uploadDataDuringCreation: true,
      // The sending tries again, for all files together.
      retryDelays: null,
      // This would keep names, which may be patients', in the browser.
      storeFingerprintForResuming: false,
      httpStack: withChecksums(abort.signal),
      onBeforeRequest: (request) => {
        abort.signal.throwIfAborted()
        request.setHeader('X-CSRFToken', csrfToken())
      },
      onUploadUrlAvailable: () => {
        onBegun(upload.url?.replace(/\/$/, '').split('/').at(-1) ?? '')
      },
      onProgress: onSent,
      onChunkComplete: (_, received) => {
        onReceived(received)
      },
      onSuccess: () => {
        resolve()
      },
      onError: (error) => {
        reject(asApiError(error))
      },
    })
    abort.signal.addEventListener('abort', () => void upload.abort())
    upload.start()
  })
  return {
    finished,
    stop: () => {
      abort.abort()
    },
  }
}

function asApiError(error: Error): ApiError {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  if (!answer) return new ApiError(NO_CONNECTION, 0)
  const body = parseJson(answer.getBody())
  return new ApiError(problemMessage(answer.getStatus(), body), answer.getStatus(), body)
}

/** Adds the SHA-256 of what is sent, so that the server keeps nothing that was damaged. */
function withChecksums(signal: AbortSignal): HttpStack {
  return {
    getName: () => 'XMLHttpRequest with checksums',
    createRequest: (method, url) => {
      const request = new DefaultHttpStack({}).createRequest(method, url)
      const send = request.send.bind(request)
      request.send = async (body: unknown) => {
        if (!(body instanceof Blob)) return send(body)
        const bytes = await body.arrayBuffer()
        const checksum = await sha256(bytes)
        if (checksum !== null) request.setHeader('Upload-Checksum', `sha256 ${checksum}`)
        signal.throwIfAborted()
        return send(bytes)
      }
      return request
    },
  }
}

/** Base64, or null where the page came without encryption: browsers offer no digests then. */
async function sha256(bytes: ArrayBuffer): Promise<string | null> {
  if (!globalThis.isSecureContext) return null
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return btoa(String.fromCharCode(...digest))
}
